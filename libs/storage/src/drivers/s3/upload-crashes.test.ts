import { createHash, randomBytes } from "node:crypto";
import { CreateMultipartUploadCommand, S3Client } from "@aws-sdk/client-s3";
import { expect, test } from "@jest/globals";
import { ceph16Powers, fullPowers, type FakeS3, type S3Powers } from "@plimsoll/testing";
import type { Driver } from "../../driver.ts";
import { s3Tuning } from "./s3-tuning.ts";
import { bytes, key, KiB, once, smallUploads, source } from "../../testing/small-uploads.ts";

const { serve, open } = smallUploads();

const count = (server: FakeS3, operation: string): number =>
  server.requests.filter((request) => request.operation === operation).length;

/** Leaves an upload of `bytes` with some of its five parts and its record, as a killed process would. */
async function dieInTheMiddle(server: FakeS3, query = "conditional=1"): Promise<void> {
  let sent = 0;
  server.script(({ operation }) => {
    if (operation === "UploadPart") sent += 1;
    return sent > 3 ? { refuse: true } : undefined;
  });
  const dying = await open(server, { query, maxAttempts: 1 });
  await expect(dying.write(key, source(), once)).rejects.toMatchObject({ code: "E_NETWORK" });
  server.script();
  // The one that fails takes along what is on its way at that moment.
  const [parts = 0] = server.unfinished("weights").map((upload) => upload.parts.size);
  expect(parts).toBeGreaterThanOrEqual(1);
  expect(parts).toBeLessThanOrEqual(3);
  expect(recordsOf(server)).toHaveLength(1);
}

const recordsOf = (server: FakeS3): string[] =>
  server.keys("weights").filter((name) => name.startsWith(".plimsoll/"));

test.each([
  ["a host with all conditional writes", fullPowers, "conditional=1"],
  ["Ceph 16", ceph16Powers, "pathStyle=1"],
])(
  "S3, S4: %s: a writer that dies after any request leaves nothing visible, the next one finishes and leaves no upload",
  async (_, powers: S3Powers, query) => {
    const few = bytes.subarray(0, 2 * 64 * KiB + 7);
    const digest = createHash("sha256").update(few).digest("hex");
    const write = (store: Driver) =>
      store.write(key, source(few), { onlyIfAbsent: true, sha256: digest });
    const whole = await serve({ powers });
    await write(await open(whole, { query }));
    const total = whole.requests.length;
    for (let died = 0; died <= total; died += 1) {
      const server = await serve({ powers });
      const dying = await open(server, { query, maxAttempts: 1 });
      server.dieAfter(died);
      await write(dying).catch(() => undefined);
      server.revive();
      const visible = server.object("weights", key)?.bytes;
      expect(visible === undefined || visible.equals(few)).toBe(true);
      const next = await open(server, { query });
      const outcome = await write(next).then(
        () => "written",
        (error: { code: string }) => error.code,
      );
      expect(outcome).toBe(visible === undefined ? "written" : "E_EXISTS");
      expect(server.object("weights", key)?.bytes.equals(few)).toBe(true);
      // An upload that died before its record was written is nobody's: the `multipart` power finds it.
      for await (const upload of next.multipart?.unfinished("") ?? []) {
        await next.multipart?.abort(upload);
      }
      const isOurs = (name: string): boolean => !name.startsWith(".plimsoll/probe-");
      expect(server.unfinished("weights").filter((upload) => isOurs(upload.key))).toEqual([]);
      expect(server.keys("weights").filter(isOurs)).toEqual([key]);
    }
  },
  60_000,
);

test("parts of a killed run are compared and not sent again; changed ones are", async () => {
  const server = await serve();
  await dieInTheMiddle(server);
  const [upload] = server.unfinished("weights");
  const stored = upload?.parts.size ?? 0;
  const [first] = upload?.parts.keys() ?? [];
  upload?.parts.set(first ?? 0, { bytes: Buffer.alloc(5), etag: "0", modifiedAt: new Date() });

  const before = count(server, "UploadPart");
  const progress: number[] = [];
  await (
    await open(server)
  ).write(key, source(), { ...once, onProgress: (sentBytes) => progress.push(sentBytes) });
  expect(count(server, "UploadPart") - before).toBe(5 - stored + 1);
  expect(count(server, "CreateMultipartUpload")).toBe(1);
  expect(progress.at(-1)).toBe(bytes.length);
  expect(server.object("weights", key)?.bytes.equals(bytes)).toBe(true);
});

test("an upload of more than 1,000 parts is listed page by page, and to its end only", async () => {
  const server = await serve();
  await dieInTheMiddle(server);
  const [upload] = server.unfinished("weights");
  const part = { bytes: Buffer.alloc(1), etag: "0", modifiedAt: new Date() };
  for (let number = 100; number < 1200; number += 1) upload?.parts.set(number, part);
  await (await open(server)).write(key, source(), once);
  expect(count(server, "ListParts")).toBe(2);
  expect(server.object("weights", key)?.bytes.equals(bytes)).toBe(true);
});

test("an upload for other bytes or other metadata is not gone on with", async () => {
  const server = await serve();
  await dieInTheMiddle(server);
  // The same first parts, another end: their digests are all that differs.
  const other = Buffer.concat([bytes.subarray(0, -3), Buffer.from("end")]);
  const otherSha256 = createHash("sha256").update(other).digest("hex");
  const store = await open(server);
  await store.write(key, source(other), { onlyIfAbsent: true, sha256: otherSha256 });
  expect((await store.stat(key))?.sha256).toBe(otherSha256);
  expect(server.object("weights", key)?.bytes.equals(other)).toBe(true);
});

test("an upload that has been dead for an hour is aborted by the next writer of its key", async () => {
  const server = await serve();
  await dieInTheMiddle(server);
  const now = Date.now() + 2 * s3Tuning.staleUploadMs;
  const clock = { now: () => now, after: () => () => undefined };
  const other = randomBytes(bytes.length);
  await (
    await open(server, { clock })
  ).write(key, source(other), {
    onlyIfAbsent: true,
    sha256: createHash("sha256").update(other).digest("hex"),
  });
  expect(server.unfinished("weights")).toEqual([]);
  expect(recordsOf(server)).toEqual([]);
});

test.each([
  ["full", fullPowers, "conditional=1"],
  ["Ceph 16", ceph16Powers, "pathStyle=1"],
])(
  "S1: %s: 16 writers of the same bytes end with these bytes and no upload",
  async (_, powers, query) => {
    const server = await serve({ powers });
    const stores = await Promise.all(Array.from({ length: 16 }, () => open(server, { query })));
    const outcomes = await Promise.allSettled(
      stores.map((store) => store.write(key, source(), once)),
    );
    const codes = outcomes.map((outcome) =>
      outcome.status === "fulfilled" ? "written" : (outcome.reason as { code: string }).code,
    );
    expect(codes).toContain("written");
    expect(codes.filter((code) => code !== "written" && code !== "E_EXISTS")).toEqual([]);
    expect(server.object("weights", key)?.bytes.equals(bytes)).toBe(true);
    expect(server.unfinished("weights")).toEqual([]);
  },
  30_000,
);

test("S1: Ceph 16: who holds the claim to a key keeps others out; they are told since when", async () => {
  const server = await serve({ powers: ceph16Powers });
  await dieInTheMiddle(server, "pathStyle=1");
  const other = await open(server, { query: "pathStyle=1", sleep: () => Promise.resolve() });
  await expect(
    other.write(key, source(randomBytes(bytes.length)), { onlyIfAbsent: true }),
  ).rejects.toMatchObject({ code: "E_CONFLICT", message: expect.stringMatching(/since 20/) });
  for await (const upload of other.multipart?.unfinished("models/") ?? []) {
    await other.multipart?.abort(upload);
  }
  await other.write(key, source(), { onlyIfAbsent: true });
  expect(server.object("weights", key)?.bytes.equals(bytes)).toBe(true);
});

test.each(["PutObject", "CompleteMultipartUpload"])(
  "a lost answer to a %s that was carried out is no E_EXISTS",
  async (operation) => {
    const server = await serve({
      script: (request, attempt) =>
        request.operation === operation && attempt === 1 && !request.key.startsWith(".")
          ? { dropAnswer: true }
          : undefined,
    });
    const store = await open(server);
    const content = operation === "PutObject" ? randomBytes(100) : bytes;
    const digest = createHash("sha256").update(content).digest("hex");
    const stat = await store.write(key, source(content), { onlyIfAbsent: true, sha256: digest });
    expect(stat.sha256).toBe(digest);
    await expect(
      store.write(key, source(content), { onlyIfAbsent: true, sha256: digest }),
    ).rejects.toMatchObject({ code: "E_EXISTS" });
  },
);

test("S1: 409 means neither won nor lost: the write is made again", async () => {
  const server = await serve({
    script: ({ operation }, attempt) =>
      ["PutObject", "CompleteMultipartUpload"].includes(operation) && attempt === 1
        ? { code: "ConditionalRequestConflict" }
        : undefined,
  });
  const store = await open(server, { sleep: () => Promise.resolve() });
  await store.write("small", source(randomBytes(10)), { onlyIfAbsent: true });
  await store.write(key, source(), once);
  expect(count(server, "CreateMultipartUpload")).toBe(2);
  expect(server.unfinished("weights")).toEqual([]);
});

test("an upload that was begun and never recorded is ended by the next one of its key, others are not", async () => {
  const server = await serve();
  const client = new S3Client({
    endpoint: server.endpoint,
    region: "us-east-1",
    forcePathStyle: true,
    credentials: { accessKeyId: server.accessKey, secretAccessKey: server.secretKey },
  });
  for (const Key of [key, `${key}.chunks`]) {
    await client.send(new CreateMultipartUploadCommand({ Bucket: "weights", Key }));
  }
  client.destroy();
  const store = await open(server);
  await store.write(key, source(), once);
  expect(server.unfinished("weights").map((upload) => upload.key)).toEqual([`${key}.chunks`]);
  expect(server.object("weights", key)?.bytes.equals(bytes)).toBe(true);
});
