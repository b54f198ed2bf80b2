import { expect, test } from "@jest/globals";
import { faultyServer, tempDir, type Fault } from "@plimsoll/testing";
import { randomBytes } from "node:crypto";
import { open, writeFile } from "node:fs/promises";
import type { FetchRequest } from "./fetch-request.ts";
import { fetchFile } from "./open-fetcher.ts";
import { fixedChunks } from "./testing/fixed-chunks.ts";
import { fetchTrial, sha256, type Outcome, type Trial } from "./testing/trial.ts";

const kib64 = 65_536;
const bytes = randomBytes(40 * kib64 + 100);
const chunks = fixedChunks(bytes, kib64);
const lanes = { segmentBytes: 4 * kib64, lanesPerFile: 4 };

/** One source for each entry: what it does wrong. */
async function against(
  faults: readonly (Fault | (Fault | undefined)[] | undefined)[],
  trial: Partial<Trial> = {},
): Promise<Outcome & { readonly requests: readonly number[] }> {
  const paths = faults.map((_fault, index) => `/${index}`);
  const set = faults.flatMap((fault, index) => (fault ? [[`/${index}`, fault] as const] : []));
  await using server = await faultyServer({
    files: Object.fromEntries(paths.map((path) => [path, bytes])),
    faults: Object.fromEntries(set),
  });
  await using own = await tempDir();
  const outcome = await fetchTrial({
    dir: own.path,
    urls: paths.map((path) => server.url(path)),
    bytes,
    options: lanes,
    mostBytes: bytes.length * 4,
    ...trial,
    request: { chunks, ...trial.request },
  });
  const requests = paths.map(
    (path) => server.requests.filter((request) => request.path.startsWith(path)).length,
  );
  return { ...outcome, requests };
}

test("chunks are proven as they arrive, and the whole is what was published", async () => {
  const { result, error } = await against([undefined]);
  expect(error).toBeUndefined();
  expect(result?.receivedBytes).toBe(bytes.length);
});

test("N20: a mirror with a wrong chunk is asked no more and named; what it sent comes again", async () => {
  const wrong = { wrongBytes: chunks.map(({ offset }) => offset + 5) };
  const { result, events, requests } = await against([wrong, undefined]);
  const told = events.filter(({ type }) => type === "quarantine");
  expect(told).toHaveLength(1);
  expect(told[0]).toMatchObject({
    name: "model.onnx",
    reason: expect.stringMatching(/: bytes \d+ to \d+: [0-9a-f]{64} expected, got/),
  });
  expect(requests[1]).toBeGreaterThan(0);
  expect((result?.receivedBytes ?? 0) - bytes.length).toBeLessThan(16 * kib64);
});

test("N20: a wrong chunk that comes right the second time costs one chunk", async () => {
  const { result, events } = await against([[{ wrongBytes: [5] }]]);
  expect(events.some(({ type }) => type === "retry")).toBe(true);
  expect((result?.receivedBytes ?? 0) - bytes.length).toBeLessThan(6 * kib64);
});

test("N20: the only source has a wrong chunk: E_DIGEST, and nothing is kept", async () => {
  const { error, readBytes } = await against([{ wrongBytes: [30 * kib64] }]);
  expect(error?.code).toBe("E_DIGEST");
  expect(readBytes).toBeLessThan(bytes.length * 2);
});

test("N1: an answer cut inside a chunk goes on at the next byte", async () => {
  const cut = Array<Fault>(3).fill({ cutAfter: 2 * kib64 + 77 });
  const { result } = await against([cut], { options: { ...lanes, lanesPerFile: 1 } });
  expect(result?.receivedBytes).toBe(bytes.length);
});

test("N7: what was proven stays when the object gets another ETag", async () => {
  const { result } = await against([
    [undefined, undefined, { etag: '"other"' }, { etag: '"other"' }],
  ]);
  expect(result?.receivedBytes).toBeLessThan(bytes.length + 16 * kib64);
});

test("N5: a host without ranges sends all of it once, each chunk proven", async () => {
  const { result } = await against([{ ignoreRange: true }]);
  expect(result?.receivedBytes).toBe(bytes.length);
});

test("an update fetches what no local file has", async () => {
  await using dir = await tempDir();
  const old = Buffer.concat([randomBytes(100), bytes.subarray(0, 30 * kib64), randomBytes(kib64)]);
  const path = dir.join("old");
  await writeFile(path, old);
  const oldChunks = [
    { offset: 0, length: 100, sha256: "0".repeat(64) },
    ...fixedChunks(bytes.subarray(0, 30 * kib64), kib64).map((chunk) => ({
      ...chunk,
      offset: chunk.offset + 100,
    })),
  ];
  const { result } = await against([undefined], {
    dir: dir.path,
    request: { chunks, local: [{ path, chunks: oldChunks }] },
  });
  expect(result).toMatchObject({
    localBytes: 30 * kib64,
    receivedBytes: bytes.length - 30 * kib64,
  });
});

test("D8: a damaged copy is mended by the bytes of one chunk, whatever its list claims", async () => {
  await using dir = await tempDir();
  const damaged = Buffer.from(bytes);
  damaged.writeUInt8(damaged.readUInt8(7 * kib64) ^ 1, 7 * kib64);
  const path = dir.join("damaged");
  await writeFile(path, damaged);
  for (const local of [{ path }, { path, chunks }]) {
    const { result } = await against([undefined], {
      dir: dir.path,
      request: { chunks, local: [local] },
    });
    expect(result).toMatchObject({ receivedBytes: kib64, localBytes: bytes.length - kib64 });
  }
});

test("all chunks are here: no request is made; a file that cannot be read is left out", async () => {
  await using dir = await tempDir();
  await writeFile(dir.join("copy"), bytes);
  const local = [{ path: dir.join("absent") }, { path: dir.path }, { path: dir.join("copy") }];
  const { result, requests } = await against([undefined], {
    dir: dir.path,
    request: { chunks, local },
  });
  expect([result?.receivedBytes, requests]).toEqual([0, [0]]);
});

test("D8: bytes kept from an earlier run that were damaged since are fetched again, the others not", async () => {
  await using dir = await tempDir();
  const controller = new AbortController();
  const signal = controller.signal;
  const onEvent = ({ type }: { type: string }): void => {
    if (type === "progress") controller.abort();
  };
  const slow = { dripBytesPerSecond: 4_000_000 };
  const first = await against([slow], {
    dir: dir.path,
    options: { ...lanes, lanesPerFile: 1, signal, onEvent, now: () => performance.now() },
  });
  expect(first.error?.code).toBe("E_CANCELLED");
  const partial = await open(dir.join(".model.onnx.partial"), "r+");
  await partial.write(Buffer.from("damage"), 0, 6, 10);
  await partial.close();
  const { result, events } = await against([undefined], { dir: dir.path, again: true });
  expect(events.some(({ type }) => type === "resume")).toBe(true);
  expect(result?.receivedBytes).toBeLessThan(bytes.length);
});

test("chunks that are not of this file: the digest of the whole decides without them", async () => {
  const request = { sha256: "a".repeat(64) };
  expect((await against([undefined], { request })).error?.code).toBe("E_DIGEST");
});

test.each<[string, Partial<FetchRequest>]>([
  ["chunks with a gap", { chunks: chunks.slice(1) }],
  ["chunks of a shorter file", { chunks: chunks.slice(0, -1) }],
])("%s are refused before anything is asked", async (_what, wrong) => {
  await using dir = await tempDir();
  const request = { name: "m", urls: ["https://host.invalid/m"], to: dir.join("m"), ...wrong };
  await expect(
    fetchFile({ ...request, size: bytes.length, sha256: sha256(bytes) }),
  ).rejects.toMatchObject({ code: "E_USAGE" });
});
