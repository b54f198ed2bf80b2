import { createHash } from "node:crypto";

import { expect, test } from "@jest/globals";

import type { S3Request } from "./s3-request.ts";
import { authenticate } from "./sig-v4.ts";

// The examples of "Authenticating Requests (AWS Signature Version 4)" in the Amazon S3 API reference.
const accessKey = "AKIAIOSFODNN7EXAMPLE";
const secret = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY";
const host = "examplebucket.s3.amazonaws.com";
const date = "20130524T000000Z";
const then = Date.parse("2013-05-24T00:00:00Z");
const emptyHash = createHash("sha256").digest("hex");
const secretOf = (key: string): string | undefined => (key === accessKey ? secret : undefined);

function request(
  url: string,
  headers: Readonly<Record<string, string>>,
  more: Partial<S3Request> = {},
): S3Request {
  const [rawPath = "", search = ""] = url.split("?");
  return {
    number: 1,
    method: "GET",
    operation: "GetObject",
    rawPath,
    bucket: "",
    key: "",
    query: new URLSearchParams(search),
    headers: { host, ...headers },
    body: Buffer.alloc(0),
    status: 0,
    ...more,
  };
}

function signed(names: string, signature: string): string {
  const scope = "20130524/us-east-1/s3/aws4_request";
  return `AWS4-HMAC-SHA256 Credential=${accessKey}/${scope},SignedHeaders=${names},Signature=${signature}`;
}

const ranged = request("/test.txt", {
  range: "bytes=0-9",
  "x-amz-content-sha256": emptyHash,
  "x-amz-date": date,
  authorization: signed(
    "host;range;x-amz-content-sha256;x-amz-date",
    "f0e8bdb87c964420e857bd35b5d6ed310bd44f0170aba48dd91039c6036bdb41",
  ),
});

const body = Buffer.from("Welcome to Amazon S3.");
const stored = request(
  "/test%24file.text",
  {
    date: "Fri, 24 May 2013 00:00:00 GMT",
    "x-amz-content-sha256": createHash("sha256").update(body).digest("hex"),
    "x-amz-date": date,
    "x-amz-storage-class": "REDUCED_REDUNDANCY",
    authorization: signed(
      "date;host;x-amz-content-sha256;x-amz-date;x-amz-storage-class",
      "98ad721746da40c64f1a55b78f14c238d841ea1380cd77a1b5971af0ece108bd",
    ),
  },
  { method: "PUT", body },
);

const listed = request("/?max-keys=2&prefix=J", {
  "x-amz-content-sha256": emptyHash,
  "x-amz-date": date,
  authorization: signed(
    "host;x-amz-content-sha256;x-amz-date",
    "34b48302e7b5fa45bde8084f4b7868a86f0a534bc59db6670ed5711ef69dc6f7",
  ),
});

const presigned = request(
  `/test.txt?X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Credential=${accessKey}%2F20130524%2Fus-east-1%2Fs3%2Faws4_request` +
    `&X-Amz-Date=${date}&X-Amz-Expires=86400&X-Amz-SignedHeaders=host` +
    "&X-Amz-Signature=aeeed9bbccd4d02ee5c0109b86d86835f995330da4c265957d157751f604d404",
  {},
);

test.each([
  ["a GET of a range", ranged],
  ["a PUT", stored],
  ["a listing", listed],
  ["a presigned URL", presigned],
])("the reference's example of %s is accepted", (_, example) => {
  expect(authenticate(example, secretOf, then + 60_000)).toBe(accessKey);
});

test.each([
  ["another method", { ...ranged, method: "PUT" }, "SignatureDoesNotMatch"],
  ["another path", { ...ranged, rawPath: "/other.txt" }, "SignatureDoesNotMatch"],
  [
    "another signed header",
    { ...ranged, headers: { ...ranged.headers, range: "bytes=0-99" } },
    "SignatureDoesNotMatch",
  ],
  [
    "another query",
    { ...listed, query: new URLSearchParams("max-keys=3&prefix=J") },
    "SignatureDoesNotMatch",
  ],
  ["another body", { ...stored, body: Buffer.from("other") }, "XAmzContentSHA256Mismatch"],
  [
    "a header that was slipped in",
    { ...ranged, headers: { ...ranged.headers, "x-amz-acl": "public-read" } },
    "AccessDenied",
  ],
  [
    "an authorization of another kind",
    { ...ranged, headers: { ...ranged.headers, authorization: "Basic abc" } },
    "AuthorizationHeaderMalformed",
  ],
])("%s is refused", (_, changed, code) => {
  expect(() => authenticate(changed, secretOf, then)).toThrow(expect.objectContaining({ code }));
});

test("a wrong secret, an unknown key, a wrong clock and a late URL are told apart", () => {
  const refusal = (act: () => unknown): string => {
    try {
      act();
    } catch (error) {
      return (error as { code: string }).code;
    }
    return "accepted";
  };
  expect(refusal(() => authenticate(ranged, () => "wrong", then))).toBe("SignatureDoesNotMatch");
  expect(refusal(() => authenticate(ranged, () => undefined, then))).toBe("InvalidAccessKeyId");
  expect(refusal(() => authenticate(ranged, secretOf, then + 16 * 60_000))).toBe(
    "RequestTimeTooSkewed",
  );
  expect(refusal(() => authenticate(presigned, secretOf, then + 86_401_000))).toBe("AccessDenied");
  const eternal = new URLSearchParams(presigned.query);
  eternal.set("X-Amz-Expires", "604801");
  expect(refusal(() => authenticate({ ...presigned, query: eternal }, secretOf, then))).toBe(
    "AccessDenied",
  );
});

test("a request without a signature is nobody's", () => {
  expect(authenticate(request("/test.txt", {}), secretOf, then)).toBeUndefined();
});
