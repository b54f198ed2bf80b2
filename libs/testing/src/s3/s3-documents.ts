import { S3Failure, type S3Code } from "./s3-failure.ts";
import { md5, type S3Bucket } from "./s3-model.ts";
import type { S3Answer } from "./s3-objects.ts";
import { bucketDocuments, type S3Request } from "./s3-request.ts";
import { xmlDocument } from "./s3-xml.ts";

type Document = (typeof bucketDocuments)[number];

const absent: Readonly<Record<Document, S3Code | undefined>> = {
  cors: "NoSuchCORSConfiguration",
  lifecycle: "NoSuchLifecycleConfiguration",
  policy: "NoSuchBucketPolicy",
  publicAccessBlock: "NoSuchPublicAccessBlockConfiguration",
  replication: "ReplicationConfigurationNotFoundError",
  versioning: undefined,
};

/** Which document of its bucket a request is about. */
export function documentOf({ key, query }: S3Request): Document | undefined {
  return key === "" ? bucketDocuments.find((name) => query.has(name)) : undefined;
}

/** Gives, keeps or removes a document about a bucket; it comes back as it was put. */
export function performDocument(bucket: S3Bucket, request: S3Request, name: Document): S3Answer {
  const { documents } = bucket;
  if (request.method === "DELETE") {
    documents.delete(name);
    return { status: 204 };
  }
  if (request.method === "PUT") {
    checkDocument(bucket, request, name);
    documents.set(name, request.body.toString());
    return { status: name === "policy" ? 204 : 200 };
  }
  const stored = documents.get(name);
  const code = absent[name];
  if (stored === undefined && code !== undefined) throw new S3Failure(code);
  const type = name === "policy" ? "application/json" : "application/xml";
  const body = stored ?? xmlDocument("VersioningConfiguration", {});
  return { status: 200, headers: { "content-type": type }, body };
}

/** Amazon takes such a document only with a digest of it, and a public policy only where the bucket lets it. */
function checkDocument(bucket: S3Bucket, { headers, body }: S3Request, name: Document): void {
  const stated = headers["content-md5"];
  if (stated === undefined && headers["x-amz-checksum-crc32"] === undefined) {
    throw new S3Failure("InvalidRequest", "Missing required header for this request: Content-MD5");
  }
  const actual = Buffer.from(md5(body), "hex").toString("base64");
  if (stated !== undefined && stated !== actual) throw new S3Failure("BadDigest");
  if (name === "policy" && blocks(bucket, "BlockPublicPolicy")) throw new S3Failure("AccessDenied");
  const isVersioned = bucket.documents.get("versioning")?.includes("Enabled") === true;
  if (name === "replication" && !isVersioned) {
    throw new S3Failure("InvalidRequest", "Versioning must be 'Enabled' on the bucket");
  }
}

interface Statement {
  readonly Effect: string;
  readonly Principal: string | { readonly AWS?: string | readonly string[] };
  readonly Action: string | readonly string[];
  readonly Resource: string | readonly string[];
}

/** Whether anyone may read an object: by the way the bucket was made, or by its policy. */
export function isPublic(bucket: S3Bucket, key: string): boolean {
  if (bucket.publicRead) return true;
  const policy = bucket.documents.get("policy");
  if (policy === undefined || blocks(bucket, "RestrictPublicBuckets")) return false;
  const { Statement = [] } = JSON.parse(policy) as { readonly Statement?: readonly Statement[] };
  const list = (value: string | readonly string[] | undefined): readonly string[] =>
    typeof value === "string" ? [value] : (value ?? []);
  const arn = `arn:aws:s3:::${bucket.name}/${key}`;
  return Statement.some(
    ({ Effect, Principal, Action, Resource }) =>
      Effect === "Allow" &&
      list(typeof Principal === "string" ? Principal : Principal.AWS).includes("*") &&
      list(Action).includes("s3:GetObject") &&
      list(Resource).some((each) =>
        each.endsWith("*") ? arn.startsWith(each.slice(0, -1)) : arn === each,
      ),
  );
}

function blocks(bucket: S3Bucket, setting: string): boolean {
  const block = bucket.documents.get("publicAccessBlock") ?? "";
  return block.includes(`<${setting}>true</${setting}>`);
}
