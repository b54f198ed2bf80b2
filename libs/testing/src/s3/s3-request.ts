import type { IncomingMessage } from "node:http";

/** One request as the server understood it. */
export interface S3Request {
  /** Order of arrival, from 1. */
  readonly number: number;
  readonly method: string;
  /** What it asks for, by the name of the API call: `PutObject`, `UploadPart`, … */
  readonly operation: string;
  /** Path as sent, percent-encoded. */
  readonly rawPath: string;
  readonly bucket: string;
  /** Empty for a request about a bucket. */
  readonly key: string;
  readonly query: URLSearchParams;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
  /** Of the answer; 0 while there is none. */
  status: number;
}

/** Documents about a bucket, by the query that names them. */
export const bucketDocuments = [
  "cors",
  "lifecycle",
  "policy",
  "publicAccessBlock",
  "replication",
  "versioning",
] as const;

/** Reads a request with its body; path-style addresses only. */
export async function readS3Request(message: IncomingMessage, number: number): Promise<S3Request> {
  const [rawPath = "/", search = ""] = splitOnce(message.url ?? "/", "?");
  const query = new URLSearchParams(search);
  const [bucket = "", key = ""] = splitOnce(rawPath.slice(1), "/").map(decodeURIComponent);
  const headers: Record<string, string> = {};
  for (const [name, value] of Object.entries(message.headers))
    headers[name] = Array.isArray(value) ? value.join(",") : (value ?? "");
  const method = message.method ?? "GET";
  const chunks: Buffer[] = [];
  for await (const chunk of message) chunks.push(chunk as Buffer);
  const operation = operationOf(method, bucket, key, query, headers);
  const body = Buffer.concat(chunks);
  return { number, method, operation, rawPath, bucket, key, query, headers, body, status: 0 };
}

function operationOf(
  method: string,
  bucket: string,
  key: string,
  query: URLSearchParams,
  headers: Readonly<Record<string, string>>,
): string {
  const copies = "x-amz-copy-source" in headers;
  if (bucket === "") return method === "GET" ? "ListBuckets" : "Unknown";
  if (key === "") {
    if (method === "GET" && query.has("uploads")) return "ListMultipartUploads";
    const document = bucketDocuments.find((name) => query.has(name));
    if (document !== undefined) return `${method} ?${document}`;
    const names: Record<string, string> = {
      GET: "ListObjectsV2",
      HEAD: "HeadBucket",
      PUT: "CreateBucket",
    };
    return names[method] ?? "Unknown";
  }
  if (query.has("uploads") && method === "POST") return "CreateMultipartUpload";
  if (query.has("uploadId")) {
    const names: Record<string, string> = {
      GET: "ListParts",
      POST: "CompleteMultipartUpload",
      PUT: copies ? "UploadPartCopy" : "UploadPart",
      DELETE: "AbortMultipartUpload",
    };
    return names[method] ?? "Unknown";
  }
  const names: Record<string, string> = {
    GET: "GetObject",
    HEAD: "HeadObject",
    PUT: copies ? "CopyObject" : "PutObject",
    DELETE: "DeleteObject",
  };
  return names[method] ?? "Unknown";
}

function splitOnce(text: string, separator: string): string[] {
  const at = text.indexOf(separator);
  return at < 0 ? [text, ""] : [text.slice(0, at), text.slice(at + 1)];
}
