import { createHash, randomBytes } from "node:crypto";

import { afterEach, expect, test } from "@jest/globals";
import { fakeS3, type FakeS3, type FakeS3Options } from "@plimsoll/testing";

import { bytesSource } from "../../bytes-source.ts";
import { collect } from "../../conformance/expectation.ts";
import type { Driver, ListEntry } from "../../driver.ts";
import { openStore } from "../../open-store.ts";
import { parseStoreUrl } from "../../parse-store-url.ts";
import { driverSettings } from "../driver-settings.ts";
import { openS3Store } from "../s3.ts";
import { s3Tuning } from "./s3-tuning.ts";

const bytes = randomBytes(100_000);

const ends: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const end of ends.splice(0).reverse()) await end();
});

async function serve(options: FakeS3Options = {}): Promise<FakeS3> {
  const server = await fakeS3({ minPartBytes: 1, ...options });
  ends.push(server.close);
  server.put(options.publicBuckets?.[0] ?? "weights", "a.bin", bytes);
  return server;
}

async function open(
  server: FakeS3,
  env: Readonly<Record<string, string>> = {
    S3_ACCESS_KEY: server.accessKey,
    S3_SECRET_KEY: server.secretKey,
  },
  url = `s3://weights?endpoint=${server.endpoint}`,
): Promise<Driver> {
  const tuning = { ...s3Tuning, maxAttempts: 2 };
  const driver = await openS3Store(parseStoreUrl(url), driverSettings({ env }), tuning);
  ends.push(driver.close);
  return driver;
}

test("N1: a body that is cut is E_NETWORK and says how much is missing", async () => {
  const server = await serve({
    script: ({ operation }) => (operation === "GetObject" ? { cutAfter: 40_000 } : undefined),
  });
  const store = await open(server);
  for (const range of [{}, { start: 10 }]) {
    const { body } = await store.read("a.bin", range);
    await expect(collect(body)).rejects.toMatchObject({
      code: "E_NETWORK",
      message: expect.stringMatching(/s3:\/\/weights\/a\.bin: cut with [56]\d{4} bytes to come/),
    });
  }
});

test.each(["bytes 0-9/100000", "bytes 10-20/100000", "bytes 10-19/*", "nonsense"])(
  "N6: a 206 for another range is refused: %s",
  async (header) => {
    const server = await serve({ script: () => ({ headers: { "content-range": header } }) });
    const store = await open(server);
    await expect(store.read("a.bin", { start: 10, end: 20 })).rejects.toMatchObject({
      code: "E_NETWORK",
      message: expect.stringMatching(/another range/),
    });
  },
);

test("S9: a refusal says what to do, also where a HEAD cannot say why", async () => {
  const server = await serve();
  const { accessKey, secretKey, stranger } = server;
  const cases = [
    [accessKey, "wrong", /S3_SECRET_KEY/],
    ["nobody", secretKey, /S3_ACCESS_KEY/],
    [stranger.accessKey, stranger.secretKey, /access denied.*s3:ListBucket/],
  ] as const;
  for (const [S3_ACCESS_KEY, S3_SECRET_KEY, message] of cases) {
    const store = await open(server, { S3_ACCESS_KEY, S3_SECRET_KEY });
    const expected = { code: "E_AUTH", message: expect.stringMatching(message) };
    await expect(store.stat("a.bin")).rejects.toMatchObject(expected);
    await expect(store.read("a.bin")).rejects.toMatchObject(expected);
    const write = store.write("b", bytesSource(bytes, "b"), { onlyIfAbsent: true });
    await expect(write).rejects.toMatchObject(expected);
    await expect(listAll(store.list(""))).rejects.toMatchObject(expected);
    const error = await store.stat("a.bin").catch((reason: Error) => reason);
    expect(String(error)).not.toContain(S3_SECRET_KEY);
  }
});

test("S9: a clock that is wrong is corrected by the SDK from the host's", async () => {
  const server = await serve({ now: () => Date.now() + 3_600_000 });
  server.script(() => ({ headers: { date: new Date(Date.now() + 3_600_000).toUTCString() } }));
  const store = await open(server);
  expect((await store.stat("a.bin"))?.size).toBe(bytes.length);
});

test("a bucket that is not there is named as such", async () => {
  const server = await serve();
  const env = { S3_ACCESS_KEY: server.accessKey, S3_SECRET_KEY: server.secretKey };
  const store = await open(server, env, `s3://absent?endpoint=${server.endpoint}`);
  const expected = { code: "E_NOT_FOUND", message: expect.stringMatching(/no such bucket/) };
  await expect(store.read("a.bin")).rejects.toMatchObject(expected);
  await expect(store.write("a", bytesSource(bytes, "a"))).rejects.toMatchObject(expected);
  await expect(listAll(store.list(""))).rejects.toMatchObject(expected);
});

test("an unreachable host is E_NETWORK and named by its failure", async () => {
  const server = await serve();
  const store = await open(server);
  await server.close();
  await expect(store.stat("a.bin")).rejects.toMatchObject({
    code: "E_NETWORK",
    message: expect.stringMatching(/ECONNREFUSED.*endpoint/),
  });
});

test("S9: the digest is our own metadata, never the ETag", async () => {
  const server = await serve();
  const sha256 = createHash("sha256").update(bytes).digest("hex");
  server.put("weights", "ours", bytes, { sha256, note: "x" });
  server.put("weights", "odd", bytes, { sha256: "no digest" });
  const store = await open(server);
  expect(await store.stat("a.bin")).not.toHaveProperty("sha256");
  expect(await store.stat("odd")).not.toHaveProperty("sha256");
  expect(await store.stat("ours")).toMatchObject({ sha256, metadata: { note: "x" } });
});

test("a listing of more than one page is whole, and shows neither foreign names nor our own records", async () => {
  const server = await serve();
  for (let index = 0; index < 1203; index += 1) {
    server.put("weights", `m/f${index}+@x`, Buffer.from("1"));
  }
  for (const name of ["m/a b", "m/ü", "m/c\u0001", "m/../x", ".plimsoll/uploads/x.json"]) {
    server.put("weights", name, Buffer.from("1"));
  }
  const store = await open(server);
  const keys = (await listAll(store.list("m/"))).map((entry) => entry.key);
  expect(new Set(keys).size).toBe(1203);
  expect(keys).toContain("m/f7+@x");
  expect(await listAll(store.list("", { depth: "shallow" }))).toEqual([
    expect.objectContaining({ type: "object", key: "a.bin" }),
    { type: "prefix", key: "m/" },
  ]);
});

test("many waiting calls under one signal warn of no leak", async () => {
  const server = await serve({ script: () => ({ delayMs: 20 }) });
  const store = await open(server);
  const warnings: string[] = [];
  const note = (warning: Error): void => void warnings.push(warning.message);
  process.on("warning", note);
  const { signal } = new AbortController();
  await Promise.all(Array.from({ length: 30 }, () => store.stat("a.bin", { signal })));
  process.off("warning", note);
  expect(warnings).toEqual([]);
});

test("an object in a public bucket is read where locate says, a private one is not", async () => {
  const server = await serve({ publicBuckets: ["open"] });
  const env = { S3_ACCESS_KEY: server.accessKey, S3_SECRET_KEY: server.secretKey };
  const publicStore = await open(server, env, `s3://open?endpoint=${server.endpoint}`);
  const answer = await fetch(publicStore.locate("a.bin"));
  expect(Buffer.from(await answer.arrayBuffer()).equals(bytes)).toBe(true);
  server.put("weights", "a.bin", bytes);
  const url = (await open(server)).locate("a.bin");
  const web = await openStore(new URL(".", url).href.replace(/\/$/, ""));
  ends.push(web.close);
  await expect(web.read("a.bin")).rejects.toMatchObject({ code: "E_AUTH" });
});

async function listAll(entries: AsyncIterable<ListEntry>): Promise<ListEntry[]> {
  const all: ListEntry[] = [];
  for await (const entry of entries) all.push(entry);
  return all;
}
