import { createHash, createHmac } from "node:crypto";

import type { PresignedRequest } from "../../driver.ts";
import { objectUrl } from "./public-url.ts";
import type { S3Context } from "./s3-context.ts";

const unsigned = "UNSIGNED-PAYLOAD";

/**
 * A URL for one PUT of exactly the bytes with this SHA-256. The digest is among the signed headers, so that leaving one
 * out, or changing it, is 403 and other bytes are 400; `if-none-match: *` makes a second PUT 412.
 *
 * Hosts differ in the header that they compare with the body: those with additional checksums in
 * `x-amz-checksum-sha256`, the others in `x-amz-content-sha256`, which the SDK's presigner cannot sign. Hence our own
 * signature; format: "Authenticating Requests: Using Query Parameters" of the Amazon S3 API reference.
 */
export async function presignPut(
  context: S3Context,
  key: string,
  expiresInSeconds: number,
  sha256: string,
): Promise<PresignedRequest> {
  const { client, settings, driver } = context;
  const { accessKeyId, secretAccessKey, sessionToken } = await client.config.credentials();
  const region = await client.config.region();
  const url = new URL(objectUrl({ ...settings, region }, key));
  const hasChecksums = settings.host.checksum === "crc32";
  const headers: Record<string, string> = {
    "if-none-match": "*",
    "x-amz-checksum-sha256": Buffer.from(sha256, "hex").toString("base64"),
    ...(hasChecksums ? {} : { "x-amz-content-sha256": sha256 }),
    "x-amz-meta-sha256": sha256,
    "x-amz-sdk-checksum-algorithm": "SHA256",
  };

  const signed: [string, string][] = Object.entries({ host: url.host, ...headers });
  signed.sort(([a], [b]) => (a < b ? -1 : 1));
  const names = signed.map(([name]) => name).join(";");
  const date = new Date(driver.clock.now()).toISOString().replace(/[-:]|\.\d+/g, "");
  const scope = [date.slice(0, 8), region, "s3", "aws4_request"];
  const query: Record<string, string> = {
    "X-Amz-Algorithm": "AWS4-HMAC-SHA256",
    "X-Amz-Credential": [accessKeyId, ...scope].join("/"),
    "X-Amz-Date": date,
    "X-Amz-Expires": String(expiresInSeconds),
    ...(sessionToken === undefined ? {} : { "X-Amz-Security-Token": sessionToken }),
    "X-Amz-SignedHeaders": names,
  };
  const search = Object.entries(query)
    .map(([name, value]) => `${name}=${encodeURIComponent(value)}`)
    .join("&");

  const canonical = [
    "PUT",
    url.pathname,
    search,
    ...signed.map(([name, value]) => `${name}:${value}`),
    "",
    names,
    hasChecksums ? unsigned : sha256,
  ].join("\n");
  const text = ["AWS4-HMAC-SHA256", date, scope.join("/"), hash(canonical)].join("\n");
  let secret: Buffer = Buffer.from(`AWS4${secretAccessKey}`);
  for (const part of scope) secret = hmac(secret, part);
  const signature = hmac(secret, text).toString("hex");
  return {
    url: `${url.origin}${url.pathname}?${search}&X-Amz-Signature=${signature}`,
    method: "PUT",
    headers,
  };
}

function hash(text: string): string {
  return createHash("sha256").update(text).digest("hex");
}

function hmac(key: Buffer, text: string): Buffer {
  return createHmac("sha256", key).update(text).digest();
}
