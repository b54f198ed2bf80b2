import type { S3Bucket } from "./s3-model.ts";
import type { S3Answer } from "./s3-objects.ts";
import type { S3Request } from "./s3-request.ts";
import { xmlDocument, type XmlElements } from "./s3-xml.ts";

/** ListObjectsV2: in the order of the keys' UTF-8 bytes, objects and common prefixes counted alike. */
export function listObjects(bucket: S3Bucket, request: S3Request): S3Answer {
  const { query } = request;
  const prefix = query.get("prefix") ?? "";
  const delimiter = query.get("delimiter") ?? "";
  const max = Number(query.get("max-keys") ?? 1000);
  const after = query.get("continuation-token") ?? query.get("start-after") ?? "";
  const shown = (key: string): string =>
    query.get("encoding-type") === "url" ? encodeURIComponent(key).replaceAll("%2F", "/") : key;

  const entries = new Map<string, XmlElements | undefined>();
  const keys = [...bucket.objects.keys()].filter((key) => key.startsWith(prefix));
  for (const key of keys.sort((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b)))) {
    const cut = delimiter === "" ? -1 : key.indexOf(delimiter, prefix.length);
    const object = bucket.objects.get(key);
    if (cut >= 0) entries.set(key.slice(0, cut + delimiter.length), undefined);
    else if (object)
      entries.set(key, {
        Key: shown(key),
        LastModified: object.modifiedAt.toISOString(),
        ETag: `"${object.etag}"`,
        Size: object.bytes.length,
        StorageClass: object.headers["x-amz-storage-class"] ?? "STANDARD",
      });
  }
  const left = [...entries].filter(
    ([name]) => Buffer.compare(Buffer.from(name), Buffer.from(after)) > 0,
  );
  const page = left.slice(0, max);
  const truncated = left.length > page.length;
  return {
    status: 200,
    body: xmlDocument("ListBucketResult", {
      Name: bucket.name,
      Prefix: shown(prefix),
      MaxKeys: max,
      KeyCount: page.length,
      IsTruncated: truncated,
      EncodingType: query.get("encoding-type") ?? undefined,
      NextContinuationToken: truncated ? page.at(-1)?.[0] : undefined,
      Contents: page.flatMap(([, object]) => (object ? [object] : [])),
      CommonPrefixes: page.flatMap(([name, object]) => (object ? [] : [{ Prefix: shown(name) }])),
    }),
  };
}
