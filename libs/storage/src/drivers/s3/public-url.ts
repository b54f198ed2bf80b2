import type { S3Settings } from "./s3-settings.ts";

/** The URL under which others read a key: below `publicUrl` (a CDN), else the host's own address of the object. */
export function publicUrl(settings: S3Settings, key: string): string {
  const { publicUrl: base } = settings;
  return base === undefined ? objectUrl(settings, key) : `${base}/${pathOf(settings, key)}`;
}

/** The host's own address of an object. */
export function objectUrl(
  settings: Pick<S3Settings, "bucket" | "keyPrefix" | "endpoint" | "pathStyle" | "region">,
  key: string,
): string {
  return `${bucketUrl(settings)}/${pathOf(settings, key)}`;
}

function pathOf({ keyPrefix }: Pick<S3Settings, "keyPrefix">, key: string): string {
  return (keyPrefix + key)
    .split("/")
    .map((segment) =>
      // As signatures have it, RFC 3986: a prefix may hold these, and two spellings would be two addresses.
      encodeURIComponent(segment).replace(
        /[!'()*]/g,
        (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
      ),
    )
    .join("/");
}

function bucketUrl({
  bucket,
  endpoint,
  pathStyle,
  region,
}: Pick<S3Settings, "bucket" | "endpoint" | "pathStyle" | "region">): string {
  // Amazon's certificate covers one label before `s3`, so a bucket with a dot in its name goes into the path.
  const inPath = pathStyle || bucket.includes(".");
  if (endpoint === undefined) {
    const host = region === undefined ? "s3.amazonaws.com" : `s3.${region}.amazonaws.com`;
    return inPath ? `https://${host}/${bucket}` : `https://${bucket}.${host}`;
  }
  const base = endpoint.href.replace(/\/+$/, "");
  return inPath ? `${base}/${bucket}` : base.replace("://", `://${bucket}.`);
}
