import { expect, test } from "@jest/globals";

import { StorageError } from "../../error.ts";
import { parseStoreUrl } from "../../parse-store-url.ts";
import { readS3Settings } from "./s3-settings.ts";

const read = (url: string, env: Record<string, string> = {}, allowHttp = false) =>
  readS3Settings(parseStoreUrl(url), { env, allowHttp });

const codeOf = (act: () => unknown): string => {
  try {
    act();
  } catch (error) {
    return error instanceof StorageError ? `${error.code} ${error.message}` : String(error);
  }
  return "nothing thrown";
};

test("Amazon S3 is what no endpoint means", () => {
  const settings = read("s3://bucket/some/prefix");
  expect(settings).toMatchObject({
    bucket: "bucket",
    keyPrefix: "some/prefix/",
    pathStyle: false,
    accelerate: false,
  });
  expect(settings.endpoint).toBeUndefined();
  expect(settings.region).toBeUndefined();
  expect(settings.host).toMatchObject({ name: "Amazon S3", checksum: "crc32", swap: true });
});

test.each([
  ["https://s3.eu-central-1.amazonaws.com", "Amazon S3", false, "us-east-1"],
  ["https://acc.r2.cloudflarestorage.com", "Cloudflare R2", true, "auto"],
  ["https://nyc3.digitaloceanspaces.com", "DigitalOcean Spaces", false, "us-east-1"],
  ["https://storage.googleapis.com", "Google Cloud Storage", true, "auto"],
  ["https://minio.example", "an S3 compatible host", true, "us-east-1"],
  ["https://amazonaws.com.evil.example", "an S3 compatible host", true, "us-east-1"],
])("%s is %s", (endpoint, name, pathStyle, region) => {
  const settings = read(`s3://bucket?endpoint=${endpoint}`);
  expect(settings.host.name).toBe(name);
  expect(settings).toMatchObject({ pathStyle, region });
});

test("the URL wins over the environment, S3_ names over AWS_ names", () => {
  const env = {
    S3_ENDPOINT_URL: "https://one.example",
    AWS_ENDPOINT_URL_S3: "https://two.example",
    S3_REGION: "north",
    AWS_REGION: "south",
    S3_ACCESS_KEY: "id",
    S3_SECRET_KEY: "secret",
    AWS_ACCESS_KEY_ID: "other",
    AWS_SECRET_ACCESS_KEY: "other",
  };
  const fromEnv = read("s3://bucket", env);
  expect(fromEnv.endpoint?.href).toBe("https://one.example/");
  expect(fromEnv.region).toBe("north");
  expect(fromEnv.keys).toEqual({ accessKeyId: "id", secretAccessKey: "secret" });
  const fromUrl = read("s3://bucket?endpoint=https://three.example&region=west", env);
  expect(fromUrl.endpoint?.href).toBe("https://three.example/");
  expect(fromUrl.region).toBe("west");
  const aws = { AWS_ACCESS_KEY_ID: "i", AWS_SECRET_ACCESS_KEY: "s", AWS_SESSION_TOKEN: "t" };
  expect(read("s3://bucket", aws).keys).toEqual({
    accessKeyId: "i",
    secretAccessKey: "s",
    sessionToken: "t",
  });
  expect(read("s3://bucket").keys).toBeUndefined();
});

test("what cannot be used is E_USAGE and says which", () => {
  expect(codeOf(() => read("s3://bucket", { S3_ACCESS_KEY: "id" }))).toMatch(
    /^E_USAGE .*S3_SECRET_KEY is not set/,
  );
  expect(codeOf(() => read("s3://bucket", { S3_ENDPOINT_URL: "nonsense" }))).toMatch(
    /^E_USAGE S3_ENDPOINT_URL/,
  );
  expect(codeOf(() => read("s3://bucket?checksum=sha1"))).toMatch(/^E_USAGE checksum=sha1/);
  expect(codeOf(() => read("s3://bucket?accelerate=1&endpoint=https://h.example"))).toMatch(
    /^E_USAGE .*accelerate/,
  );
});

test("N11: http is for this machine alone, unless it is allowed", () => {
  expect(codeOf(() => read("s3://bucket", { S3_ENDPOINT_URL: "http://h.example" }))).toMatch(
    /^E_USAGE .*not encrypted/,
  );
  expect(read("s3://bucket", { S3_ENDPOINT_URL: "http://h.example" }, true).endpoint?.host).toBe(
    "h.example",
  );
  expect(read("s3://bucket?endpoint=http://127.0.0.1:9000").endpoint?.port).toBe("9000");
});

test("conditional and checksum override what is known", () => {
  const { host } = read("s3://bucket?endpoint=https://h.example&conditional=1&checksum=crc32");
  expect(host).toMatchObject({
    createOnly: true,
    completeOnly: true,
    swap: true,
    checksum: "crc32",
  });
  expect(read("s3://bucket?conditional=0").host).toMatchObject({ createOnly: false, swap: false });
});
