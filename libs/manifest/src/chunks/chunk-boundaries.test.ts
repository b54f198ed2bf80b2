import { randomBytes } from "node:crypto";
import { expect, test } from "@jest/globals";
import { buildChunkIndex } from "./build-chunk-index.ts";
import type { ChunkIndex } from "./chunk-index.ts";
import { inMemory } from "../bytes/random-access.ts";

const average = 1 << 14;
const index = (bytes: Uint8Array): Promise<ChunkIndex> =>
  buildChunkIndex(inMemory(bytes), { averageBytes: average });

/** Bytes of `b` whose chunks `a` does not have. */
async function missing(a: Uint8Array, b: Uint8Array): Promise<number> {
  const has = new Set((await index(a)).chunks.map(({ sha256 }) => sha256));
  const wanted = (await index(b)).chunks.filter(({ sha256 }) => !has.has(sha256));
  return wanted.reduce((sum, { length }) => sum + length, 0);
}

/** Tensors of 40 KB with a bias of 100 bytes behind each. */
const tensors = Array.from({ length: 20 }, (_, i) => randomBytes(i % 2 === 0 ? 40_000 : 100));

function safetensors(note: string, parts: readonly Uint8Array[] = tensors): Buffer {
  let at = 0;
  const entries = parts.map((part, i) => {
    const begin = at;
    at += part.length;
    return [`t${i}`, { dtype: "U8", shape: [part.length], data_offsets: [begin, at] }];
  });
  const json = JSON.stringify({ __metadata__: { note }, ...Object.fromEntries(entries) });
  const head = Buffer.alloc(8);
  head.writeBigUInt64LE(BigInt(json.length));
  return Buffer.concat([head, Buffer.from(json), ...parts]);
}

const varint = (value: number): number[] =>
  value < 128 ? [value] : [(value & 127) | 128, ...varint(Math.floor(value / 128))];
const bytesField = (number: number, value: Uint8Array): Buffer =>
  Buffer.concat([Buffer.from([(number << 3) | 2, ...varint(value.length)]), value]);

/** ModelProto with ir_version, producer_name and a graph of initializers. */
const onnx = (producer: string): Buffer =>
  Buffer.concat([
    Buffer.from([8, 8]),
    bytesField(2, Buffer.from(producer)),
    bytesField(
      7,
      Buffer.concat(
        tensors.map((raw, i) =>
          bytesField(5, Buffer.concat([bytesField(8, Buffer.from(`w${i}`)), bytesField(9, raw)])),
        ),
      ),
    ),
    bytesField(8, Buffer.from([16, 17])),
  ]);

/** A zip of stored entries, as torch.save writes it. */
function torchZip(pickle: Uint8Array): Buffer {
  const bodies: Buffer[] = [];
  const directory: Buffer[] = [];
  let at = 0;
  for (const [name, data] of [
    ["a/data.pkl", pickle] as const,
    ...tensors.map((part, i) => [`a/data/${i}`, part] as const),
  ]) {
    const local = Buffer.alloc(30);
    local.writeUInt32LE(0x04034b50);
    local.writeUInt16LE(name.length, 26);
    const entry = Buffer.alloc(46);
    entry.writeUInt32LE(0x02014b50);
    entry.writeUInt32LE(data.length, 20);
    entry.writeUInt32LE(data.length, 24);
    entry.writeUInt16LE(name.length, 28);
    entry.writeUInt32LE(at, 42);
    directory.push(entry, Buffer.from(name));
    bodies.push(local, Buffer.from(name), Buffer.from(data));
    at += 30 + name.length + data.length;
  }
  const central = Buffer.concat(directory);
  const end = Buffer.alloc(22);
  end.writeUInt32LE(0x06054b50);
  end.writeUInt32LE(central.length, 12);
  end.writeUInt32LE(at, 16);
  return Buffer.concat([...bodies, central, end]);
}

test.each([
  ["safetensors", (grown: boolean) => safetensors(grown ? "x".repeat(100) : "")],
  ["onnx", (grown: boolean) => onnx(grown ? "x".repeat(100) : "p")],
])("%s: a header that grew by 100 bytes costs the header alone", async (_, make) => {
  expect(await missing(make(false), make(true))).toBeLessThan(3_000);
});

test("pytorch: a pickle that grew costs itself, and the directory with the chunk that it shares", async () => {
  const cost = await missing(torchZip(Buffer.alloc(500, 1)), torchZip(Buffer.alloc(600, 2)));
  expect(cost).toBeLessThan(700 + 1.5 * average + 3_000);
});

test("an edit in place costs the chunks that it touches", async () => {
  const edited = [...tensors];
  edited[4] = Buffer.from(tensors[4] ?? []);
  edited[4].fill(0, 1000, 1010);
  const cost = await missing(safetensors("", tensors), safetensors("", edited));
  expect(cost).toBeLessThanOrEqual(1.5 * average);
});

test("a tensor put in the middle leaves the others shared", async () => {
  const more = [...tensors.slice(0, 6), randomBytes(40_000), ...tensors.slice(6)];
  const cost = await missing(safetensors("", tensors), safetensors("", more));
  expect(cost).toBeLessThan(40_000 + 3_000);
});

test("without a structure 100 bytes inserted near the front do not cost the rest", async () => {
  const bytes = randomBytes(1 << 20);
  const grown = Buffer.concat([bytes.subarray(0, 500), Buffer.alloc(100), bytes.subarray(500)]);
  expect(await missing(bytes, grown)).toBeLessThan(bytes.length / 2);
});

test("a broken structure falls back to the content", async () => {
  const broken = safetensors("");
  broken.fill(0x7b, 9, 60);
  expect((await index(broken)).chunks.length).toBeGreaterThan(5);
});
