import { expect, test } from "@jest/globals";
import { faultyServer, tempDir, type Script } from "@plimsoll/testing";
import { randomBytes } from "node:crypto";
import { existsSync } from "node:fs";
import { readdir } from "node:fs/promises";
import * as zlib from "node:zlib";
import type { FetchRequest } from "./fetch-request.ts";
import { fetchTrial, sha256, type Outcome } from "./testing/trial.ts";

const options = { segmentBytes: 1_048_576, lanesPerFile: 3 };
const bytes = Buffer.concat([randomBytes(2_000_000), Buffer.alloc(3_000_000, "weights ")]);

/** Fetches `bytes` from the gzip of `packed`. */
async function unpacked(
  packed: Uint8Array,
  request: Partial<FetchRequest> = {},
  script: Script = {},
): Promise<Outcome> {
  await using server = await faultyServer({
    files: { "/m.gz": packed },
    faults: { "/m.gz": script },
  });
  await using dir = await tempDir();
  const encoding = { type: "gzip", size: packed.length, sha256: sha256(packed) } as const;
  return await fetchTrial({
    dir: dir.path,
    urls: [server.url("/m.gz")],
    bytes,
    options,
    request: { encoding, ...request },
  });
}

test("a compressed file is fetched in ranges and decoded", async () => {
  const packed = zlib.gzipSync(bytes);
  const { result } = await unpacked(packed);
  expect([result?.size, result?.receivedBytes]).toEqual([bytes.length, packed.length]);
});

test("bytes that are wrong as they travel are fetched again before anything is decoded", async () => {
  const packed = zlib.gzipSync(bytes);
  const { result, events } = await unpacked(packed, {}, [{ wrongBytes: [100] }]);
  expect(result?.receivedBytes).toBe(packed.length * 2);
  expect(events.map(({ type }) => type)).toContain("restart");
});

test("what decodes to other bytes, to another size or not at all is never the file", async () => {
  const other = zlib.gzipSync(Buffer.concat([bytes.subarray(1), Buffer.from("x")]));
  expect((await unpacked(other)).error?.code).toBe("E_DIGEST");
  expect((await unpacked(zlib.gzipSync(bytes.subarray(1)))).error?.code).toBe("E_DIGEST");
  expect((await unpacked(zlib.gzipSync(bytes).subarray(0, -9))).error?.code).toBe("E_DIGEST");
  expect((await unpacked(randomBytes(5000))).error?.code).toBe("E_DIGEST");
});

test("N9: a bomb is left when it is larger than the file that was wanted", async () => {
  const bomb = zlib.gzipSync(Buffer.alloc(40_000_000));
  const { error } = await unpacked(bomb);
  expect([error?.code, error?.message]).toEqual([
    "E_SIZE",
    expect.stringContaining(`more than ${bytes.length} bytes`),
  ]);
});

test("zstd is decoded where this Node can, else refused before any request", async () => {
  const compress = (zlib as { zstdCompressSync?: (bytes: Uint8Array) => Uint8Array })
    .zstdCompressSync;
  const packed = compress?.(bytes) ?? randomBytes(1000);
  await using server = await faultyServer({ files: { "/m.zst": packed } });
  await using dir = await tempDir();
  const encoding = { type: "zstd", size: packed.length, sha256: sha256(packed) } as const;
  const urls = [server.url("/m.zst")];
  const request = { encoding };
  const fetching = fetchTrial({ dir: dir.path, urls, bytes, options, request });
  if (compress) expect((await fetching).result?.size).toBe(bytes.length);
  else {
    // The message has no source: none was asked.
    await expect(fetching).rejects.toThrow("E_USAGE model.onnx: zstd needs Node 22.15");
    expect(server.requests).toHaveLength(0);
  }
});

const cuts = [0, 1_500_000, 1_500_001, 5_000_000];
const parts = (url: (path: string) => string, wrong: string[] = []) =>
  cuts.slice(1).map((end, index) => {
    const offset = cuts[index] ?? 0;
    const part = bytes.subarray(offset, end);
    const urls = [`/part${index}`, ...wrong].map(url);
    return { urls, offset, size: part.length, sha256: sha256(part) };
  });
const partFiles = Object.fromEntries(
  cuts.slice(1).map((end, index) => [`/part${index}`, bytes.subarray(cuts[index], end)]),
);

test("a file that its host keeps in parts is put end to end", async () => {
  await using server = await faultyServer({ files: partFiles });
  await using dir = await tempDir();
  const request = { urls: [], parts: parts(server.url) };
  const { result, events } = await fetchTrial({ dir: dir.path, urls: [], bytes, options, request });
  expect([result?.receivedBytes, result?.url]).toEqual([bytes.length, server.url("/part0")]);
  expect(events.at(-2)).toMatchObject({ size: bytes.length });
});

test("a wrong part alone is fetched again, from its mirror", async () => {
  await using server = await faultyServer({
    files: { ...partFiles, "/mirror2": partFiles["/part2"] ?? bytes },
    faults: { "/part2": { wrongBytes: [3_000_000] } },
  });
  await using dir = await tempDir();
  const request = { urls: [], parts: parts(server.url, ["/mirror2"]) };
  const { result } = await fetchTrial({ dir: dir.path, urls: [], bytes, options, request });
  expect(result?.receivedBytes).toBe(bytes.length + 3_499_999);
  expect(server.of("/part0").length + server.of("/part1").length).toBe(3);
});

test("parts that are right but not the file are E_DIGEST, and do not stay", async () => {
  await using server = await faultyServer({ files: partFiles });
  await using dir = await tempDir();
  const request = { urls: [], parts: parts(server.url), sha256: sha256(randomBytes(1)) };
  const { error } = await fetchTrial({ dir: dir.path, urls: [], bytes, options, request });
  expect([error?.code, error?.message]).toEqual([
    "E_DIGEST",
    expect.stringContaining("part0 on together"),
  ]);
  expect(existsSync(dir.join(".model.onnx.partial"))).toBe(false);
  expect(await readdir(dir.path)).toEqual(["model.onnx"]);
});

test("parts that leave a gap, or are not as long as the file, are a mistake of the caller", async () => {
  await using dir = await tempDir();
  const [first, , last] = parts((path) => `http://127.0.0.1:1${path}`);
  for (const list of [[first, last], [first]]) {
    const request = { urls: [], parts: list.filter((part) => part !== undefined) };
    const trial = { dir: dir.path, urls: [], bytes, options, request };
    await expect(fetchTrial(trial)).rejects.toThrow("E_USAGE");
  }
  await expect(fetchTrial({ dir: dir.path, urls: [], bytes })).rejects.toThrow("no URL");
});
