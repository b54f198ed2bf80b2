import { createHash, randomBytes } from "node:crypto";
import { readFile } from "node:fs/promises";
import { afterEach, beforeEach, expect, test } from "@jest/globals";
import { bytesSource, openStore, type Driver } from "@plimsoll/storage";
import { fakeS3, tempDir, type FakeS3, type TempDir } from "@plimsoll/testing";
import { fetchFile } from "./open-fetcher.ts";

const bytes = randomBytes(3_000_000);
const sha256 = createHash("sha256").update(bytes).digest("hex");
let server: FakeS3;
let dir: TempDir;
let driver: Driver;

beforeEach(async () => {
  server = await fakeS3();
  dir = await tempDir();
  driver = await openStore(`s3://weights/p?endpoint=${server.endpoint}&region=x`, {
    env: { S3_ACCESS_KEY: server.accessKey, S3_SECRET_KEY: server.secretKey },
  });
  await driver.write("a.bin", bytesSource(bytes, "a.bin"));
});
afterEach(async () => {
  await driver.close();
  await server.close();
  await dir.remove();
});

/** Fetches `a.bin` through `store`, and tells which of its methods were called. */
async function fetchThrough(change: Partial<Driver>) {
  const called: string[] = [];
  const store: Driver = {
    ...driver,
    ...change,
    read: (...args) => {
      called.push("read");
      return (change.read ?? driver.read)(...args);
    },
    presign: (...args) => {
      called.push("presign");
      return (change.presign ?? driver.presign)?.(...args) ?? Promise.reject(new Error("none"));
    },
  };
  const to = dir.join("a.bin");
  const url = "s3://weights/p/a.bin";
  const resolve = () => Promise.resolve({ driver: store, key: "a.bin" });
  await fetchFile({ name: "a.bin", urls: [url], to, sha256, size: bytes.length }, { resolve });
  expect((await readFile(to)).equals(bytes)).toBe(true);
  return called;
}

test("a store that signs is read over HTTP, with one signature for all ranges", async () => {
  expect(await fetchThrough({})).toEqual(["presign"]);
});

test("N18: a signature that is refused is renewed", async () => {
  let made = 0;
  const called = await fetchThrough({
    presign: async (key, options) => {
      const request = await driver.presign?.(key, options);
      made += 1;
      const url = (request?.url ?? "").replace(/(X-Amz-Signature=)./, made === 1 ? "$1x" : "$&");
      return { url, method: "GET", headers: {} };
    },
  });
  expect(called).toEqual(["presign", "presign"]);
});

test("where nothing can be signed the driver reads, and its own words explain a refusal", async () => {
  const { StorageError } = await import("@plimsoll/storage");
  const presign = () => Promise.reject(new StorageError("E_AUTH", "no key to sign with"));
  expect(new Set(await fetchThrough({ presign }))).toEqual(new Set(["presign", "read"]));
  const read = () => Promise.reject(new StorageError("E_AUTH", "the account lacks the right"));
  await expect(fetchThrough({ presign, read })).rejects.toMatchObject({
    code: "E_AUTH",
    message: expect.stringContaining("lacks the right"),
  });
});
