import { createHash, randomBytes } from "node:crypto";
import { expect, test } from "@jest/globals";
import { type FakeS3 } from "@plimsoll/testing";
import type { ByteSource } from "../../byte-source.ts";
import {
  bytes,
  key,
  KiB,
  once,
  sha256,
  smallUploads,
  source,
  tuning,
} from "../../testing/small-uploads.ts";

const { serve, open } = smallUploads();

const recordsOf = (server: FakeS3): string[] =>
  server.keys("weights").filter((name) => name.startsWith(".plimsoll/"));

test("parts are equal but the last, each is checked by the host, and the source is read once", async () => {
  const server = await serve();
  const store = await open(server);
  let opened = 0;
  const watched: ByteSource = {
    ...source(),
    open: (...range) => {
      opened += 1;
      return source().open(...range);
    },
  };
  const stat = await store.write(key, watched, once);
  expect(stat).toMatchObject({ size: bytes.length, sha256 });
  expect(opened).toBe(1);
  const parts = server.requests.filter(({ operation }) => operation === "UploadPart");
  expect(parts.map(({ body }) => body.length).sort((a, b) => b - a)).toEqual([
    64 * KiB,
    64 * KiB,
    64 * KiB,
    64 * KiB,
    77,
  ]);
  expect(parts.every(({ headers }) => "content-md5" in headers)).toBe(true);
  expect(server.object("weights", key)?.metadata).toEqual({ sha256 });
  expect(recordsOf(server)).toEqual([]);
});

test("with additional checksums the whole object is checked too", async () => {
  const server = await serve();
  const store = await open(server, { query: "checksum=crc32&conditional=1" });
  await store.write(key, source(), once);
  const [create] = server.requests.filter(({ operation }) => operation === "CreateMultipartUpload");
  expect(create?.headers).toMatchObject({
    "x-amz-checksum-algorithm": "CRC32",
    "x-amz-checksum-type": "FULL_OBJECT",
  });
  const checked = server.requests.filter(({ headers }) => "x-amz-checksum-crc32" in headers);
  expect(checked.map(({ operation }) => operation).sort()).toEqual(
    ["CompleteMultipartUpload", ...Array.from({ length: 5 }, () => "UploadPart")].sort(),
  );
});

test("a small object is one request, with its digest stored though nobody gave it", async () => {
  const server = await serve();
  const store = await open(server);
  const small = randomBytes(5000);
  const stat = await store.write("a/b.json", source(small), { onlyIfAbsent: true });
  expect(stat.sha256).toBe(createHash("sha256").update(small).digest("hex"));
  expect(server.requests.map(({ operation }) => operation)).toEqual(["PutObject"]);
  expect((await store.stat("a/b.json"))?.sha256).toBe(stat.sha256);
});

test("memory: no more than the budget is in flight, over all uploads of a store", async () => {
  let inFlight = 0;
  let peak = 0;
  const server = await serve({
    script: ({ operation, body }) => {
      if (operation !== "UploadPart") return undefined;
      inFlight += body.length;
      peak = Math.max(peak, inFlight);
      setTimeout(() => (inFlight -= body.length), 5);
      return { delayMs: 10 };
    },
  });
  const store = await open(server);
  await Promise.all(
    ["a", "b", "c"].map((name) => store.write(name, source(), { onlyIfAbsent: true })),
  );
  expect(peak).toBeGreaterThan(64 * KiB);
  expect(peak).toBeLessThanOrEqual(tuning.budgetBytes);
});

test("a part that arrives changed is sent again, and one that always does is E_DIGEST", async () => {
  const server = await serve();
  server.script(({ operation }, attempt) =>
    operation === "UploadPart" && attempt === 2 ? { code: "BadDigest" } : undefined,
  );
  const store = await open(server);
  await store.write(key, source(), once);
  expect(server.object("weights", key)?.bytes.equals(bytes)).toBe(true);
  server.script(({ operation }) =>
    operation === "UploadPart" ? { code: "BadDigest" } : undefined,
  );
  await expect(store.write("b", source(), once)).rejects.toMatchObject({ code: "E_DIGEST" });
  expect(server.object("weights", "b")).toBeUndefined();
  expect(server.unfinished("weights")).toEqual([]);
});

test("SlowDown and 500 are tried again by the SDK, in parts and in small writes", async () => {
  const server = await serve({
    script: (request, attempt) =>
      attempt === 1 && request.method !== "HEAD"
        ? { code: request.operation === "UploadPart" ? "SlowDown" : "InternalError" }
        : undefined,
  });
  const store = await open(server);
  await store.write(key, source(), once);
  await store.write("small", source(randomBytes(10)), { onlyIfAbsent: true });
  expect(server.object("weights", key)?.bytes.equals(bytes)).toBe(true);
});

test("where records may not be written an upload works, without being gone on with", async () => {
  const server = await serve({
    script: (request) =>
      request.key.startsWith(".plimsoll/") ? { code: "AccessDenied" } : undefined,
  });
  const store = await open(server);
  await store.write(key, source(), once);
  expect(server.object("weights", key)?.bytes.equals(bytes)).toBe(true);
});

test("a storage class and what describes an object go with every kind of write", async () => {
  const server = await serve();
  const store = await open(server, { query: "storageClass=STANDARD_IA" });
  const about = { contentType: "application/x-onnx", cacheControl: "max-age=60" };
  await store.write("small", source(randomBytes(5)), about);
  await store.write("large", source(), about);
  await store.copy?.("large", "copy");
  for (const name of ["small", "large", "copy"]) {
    expect(server.object("weights", name)?.headers).toEqual({
      "content-type": "application/x-onnx",
      "cache-control": "max-age=60",
      "x-amz-storage-class": "STANDARD_IA",
    });
  }
  await expect(
    store.write("odd", source(randomBytes(5)), { metadata: { note: "é" } }),
  ).rejects.toMatchObject({ code: "E_USAGE" });
});

const md5s = Array.from({ length: 5 }, (_, i) =>
  createHash("md5")
    .update(bytes.subarray(i * 64 * KiB, (i + 1) * 64 * KiB))
    .digest("hex"),
);

test("MD5s of parts that are brought along are what the host compares, and may come late", async () => {
  const server = await serve();
  const store = await open(server);
  const partBytes = store.md5PartBytes?.(bytes.length) ?? 0;
  expect(partBytes).toBe(64 * KiB);
  const md5 = async (index: number): Promise<string> => {
    await new Promise((resolve) => setTimeout(resolve, 5));
    return md5s[index] ?? "";
  };
  const stat = await store.write(key, source(), { ...once, md5Parts: { partBytes, md5 } });
  expect(stat.sha256).toBe(sha256);
  expect(server.object("weights", key)?.bytes.equals(bytes)).toBe(true);
  const sent = server.requests.filter(({ operation }) => operation === "UploadPart");
  expect(sent.map(({ headers }) => headers["content-md5"]).sort()).toEqual(
    md5s.map((hex) => Buffer.from(hex, "hex").toString("base64")).sort(),
  );
});

test("bytes that are not those of the MD5s, or MD5s that fail, leave nothing behind", async () => {
  const server = await serve();
  const store = await open(server);
  const partBytes = 64 * KiB;
  const other = { partBytes, md5: (index: number) => md5s[index === 3 ? 0 : index] ?? "" };
  await expect(store.write(key, source(), { ...once, md5Parts: other })).rejects.toMatchObject({
    code: "E_CONFLICT",
    message: expect.stringContaining("weights.onnx: changed after it was hashed"),
  });
  const failing = { partBytes, md5: () => Promise.reject(new Error("gone")) };
  const write = store.write(key, source(), { ...once, md5Parts: failing });
  await expect(write).rejects.toThrow("gone");
  expect(server.object("weights", key)).toBeUndefined();
  expect(server.unfinished("weights")).toEqual([]);
});

test("MD5s of parts of another length are not used", async () => {
  const server = await serve();
  const store = await open(server);
  const md5Parts = { partBytes: KiB, md5: () => "" };
  await store.write(key, source(), { ...once, md5Parts });
  expect(server.object("weights", key)?.bytes.equals(bytes)).toBe(true);
  expect(store.md5PartBytes?.(KiB)).toBeUndefined();
});
