import { expect, test } from "@jest/globals";

import { s3Error } from "./s3-error.ts";

const what = "s3://bucket/key";
const fault = (name: string, status?: number, more: object = {}) => ({
  name,
  Code: name,
  message: "UnknownError",
  $metadata: status === undefined ? {} : { httpStatusCode: status },
  ...more,
});

test.each([
  ["AccessDenied", 403, "E_AUTH", /ListBucket/],
  ["SignatureDoesNotMatch", 403, "E_AUTH", /S3_SECRET_KEY/],
  ["InvalidAccessKeyId", 403, "E_AUTH", /S3_ACCESS_KEY/],
  ["RequestTimeTooSkewed", 403, "E_AUTH", /clock/],
  ["ExpiredToken", 400, "E_AUTH", /renew/],
  ["NoSuchBucket", 404, "E_NOT_FOUND", /no such bucket/],
  ["NoSuchKey", 404, "E_NOT_FOUND", /no such object/],
  ["PreconditionFailed", 412, "E_CONFLICT", /another than expected/],
  ["SlowDown", 503, "E_LIMIT", /wait/],
  ["Something", 429, "E_LIMIT", /wait/],
  ["BadDigest", 400, "E_DIGEST", /nothing was stored/],
  ["InternalError", 500, "E_NETWORK", /run again/],
  ["NotImplemented", 501, "E_USAGE", /NotImplemented/],
  ["Teapot", 418, "E_USAGE", /418/],
  ["Odd", 403, "E_AUTH", /access denied/],
])("S9: %s (%d) is %s", (name, status, code, message) => {
  const error = s3Error(fault(name, status), what);
  expect(error.code).toBe(code);
  expect(error.message).toMatch(message);
  expect(error.message.startsWith(`${what}: `)).toBe(true);
});

test("failures without an answer are told by what failed", () => {
  const cases = [
    [{ name: "TimeoutError", message: "silent" }, "E_TIMEOUT", /silent/],
    [{ name: "Error", code: "ECONNREFUSED", message: "x" }, "E_NETWORK", /ECONNREFUSED/],
    [{ name: "Error", code: "ENOTFOUND", message: "x" }, "E_NETWORK", /ENOTFOUND.*endpoint/],
    [{ name: "CredentialsProviderError", message: "x" }, "E_AUTH", /S3_ACCESS_KEY/],
    [{ name: "Error", message: "Region is missing" }, "E_USAGE", /S3_REGION/],
  ] as const;
  for (const [error, code, message] of cases) {
    expect(s3Error(error, what)).toMatchObject({
      code,
      message: expect.stringMatching(message),
    });
  }
});

test("another region is named, and what a host sends cannot rewrite the terminal's line", () => {
  const moved = s3Error(fault("PermanentRedirect", 301, { Region: "eu-west-1" }), what);
  expect(moved).toMatchObject({ code: "E_USAGE", message: expect.stringMatching(/eu-west-1/) });
  const evil = s3Error(fault("a\u001b[2Kb", 418), what);
  expect(evil.message).not.toContain("\u001b");
});
