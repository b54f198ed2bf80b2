import { createCipheriv } from "node:crypto";
import { chmod, mkdir, mkdtemp, open, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { loadavg } from "node:os";
import { pathToFileURL } from "node:url";
import { openCache } from "@plimsoll/cache";
import { buildChunkIndex, inMemory } from "@plimsoll/manifest";
import { diffWeights, publishWeights, repairWeights, syncWeights } from "@plimsoll/weights";
import { measure } from "../measure.ts";

/** One figure that is held against a limit. */
export interface Figure {
  readonly name: string;
  readonly value: number;
  readonly atMost: number;
  /** What the value is counted in. */
  readonly unit: string;
}

const MIB = 1_048_576;
/** Average length of a chunk unless the publisher says another, bytes. */
const chunkBytes = 262_144;

/** What updates, repairs and a sync of what is there cost, in bytes and time; folders are made below `dir`. */
export async function deltaFigures(
  dir: string,
  options: { readonly client: string; readonly only: string; readonly rounds: number },
): Promise<readonly Figure[]> {
  const work = await mkdtemp(join(dir, "delta-"));
  const jobs: readonly (readonly [string, () => Promise<readonly Figure[]>])[] = [
    ["update, the last 2 % and three runs of 64 KiB of 256 MB", () => update(work)],
    ["update, a header that grew by 100 bytes", () => grownHeader(work)],
    ["repair of one flipped bit in 1 GB", () => repair(work)],
    ["no-op sync of 500 MB", () => noop(work, options)],
  ];
  const figures: Figure[] = [];
  try {
    for (const [name, job] of jobs) {
      if (!name.includes(options.only)) continue;
      console.log(`\n${name} (load ${loadavg()[0]?.toFixed(1)})`);
      for (const figure of await job()) {
        const { value, atMost, unit } = figure;
        const verdict = value <= atMost ? "reached" : "missed";
        console.log(`  ${figure.name}: ${value.toFixed(2)} ${unit}, at most ${atMost}: ${verdict}`);
        figures.push({ ...figure, name: `${name}: ${figure.name}` });
      }
    }
    return figures;
  } finally {
    await rm(work, { recursive: true, force: true });
  }
}

function noise(length: number, seed: number): Buffer {
  const cipher = createCipheriv("aes-128-ctr", Buffer.alloc(16, seed), Buffer.alloc(16));
  return cipher.update(Buffer.alloc(length));
}

/** A safetensors file of `count` float32 tensors of 8 MiB. */
function safetensors(data: Buffer, note: string): Buffer {
  const tensor = 8 * MIB;
  const entries: Record<string, object> = { __metadata__: { note } };
  for (let at = 0, index = 0; at < data.length; at += tensor, index++) {
    const end = Math.min(at + tensor, data.length);
    entries[`layer.${index}.weight`] = {
      dtype: "F32",
      shape: [(end - at) / 4],
      data_offsets: [at, end],
    };
  }
  const header = Buffer.from(JSON.stringify(entries));
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(header.length));
  return Buffer.concat([length, header, data]);
}

/** Publishes both versions to a folder, syncs the first, then the second; gives the bytes that came for that. */
async function updateBytes(dir: string, first: Buffer, second: Buffer): Promise<number> {
  const store = pathToFileURL(join(dir, "store")).href;
  const cache = await openCache({ dir: join(dir, "cache"), env: {} });
  const from = join(dir, "train");
  await mkdir(from, { recursive: true });
  let received = 0;
  for (const [index, bytes] of [first, second].entries()) {
    await writeFile(join(from, "m.safetensors"), bytes);
    const release = `v${index + 1}.0.0`;
    await publishWeights({ from: [from], to: [store], release, model: "m", cache: false });
    const result = await syncWeights({
      from: store,
      model: "m",
      release,
      dir: join(dir, "app"),
      cache,
    });
    received = result.receivedBytes;
  }
  await rm(dir, { recursive: true, force: true });
  return received;
}

async function update(work: string): Promise<readonly Figure[]> {
  const data = noise(256 * MIB, 1);
  const changed = Buffer.from(data);
  const tail = Math.round(data.length * 0.02);
  noise(tail, 2).copy(changed, data.length - tail);
  for (const at of [31, 97, 181]) noise(65_536, at).copy(changed, at * MIB + 1000);
  const differs = tail + 3 * 65_536;
  const [first, second] = [safetensors(data, "v1"), safetensors(changed, "v2")];
  const received = await updateBytes(join(work, "update"), first, second);
  const chunks = async (bytes: Buffer): Promise<readonly { sha256: string; length: number }[]> =>
    (await buildChunkIndex(inMemory(bytes), { averageBytes: 65_536 })).chunks;
  const old = new Set((await chunks(first)).map(({ sha256 }) => sha256));
  const fine = (await chunks(second)).reduce(
    (sum, { sha256, length }) => sum + (old.has(sha256) ? 0 : length),
    0,
  );
  const unit = "of the bytes that differ";
  return [
    { name: "synced, default chunks", value: received / differs, atMost: 1.3, unit },
    { name: "chunks of 64 KiB", value: fine / differs, atMost: 1.1, unit },
  ];
}

async function grownHeader(work: string): Promise<readonly Figure[]> {
  const data = noise(64 * MIB, 1);
  const grown = safetensors(data, "x".repeat(102));
  const received = await updateBytes(join(work, "grown"), safetensors(data, "v1"), grown);
  return [{ name: "synced", value: received / chunkBytes, atMost: 3, unit: "default chunks" }];
}

/** One file published to a folder and synced from there. */
async function synced(work: string, bytes: number) {
  const from = join(work, "train");
  await mkdir(from, { recursive: true });
  await writeFile(join(from, "m.safetensors"), safetensors(noise(bytes, 1), "v1"));
  const store = pathToFileURL(join(work, "store")).href;
  const published = { from: [from], to: [store], release: "v1.0.0", model: "m" };
  await publishWeights({ ...published, cache: false });
  await rm(from, { recursive: true });
  const cacheDir = join(work, "cache");
  const cache = await openCache({ dir: cacheDir, env: {} });
  const request = { from: store, model: "m", release: "v1.0.0", dir: join(work, "app"), cache };
  await syncWeights(request);
  return { request, cacheDir, path: join(work, "app", "m.safetensors") };
}

async function repair(work: string): Promise<readonly Figure[]> {
  const folder = join(work, "repair");
  const { request, path } = await synced(folder, 1_000_000_000);
  await chmod(path, 0o644);
  const file = await open(path, "r+");
  const byte = Buffer.alloc(1);
  await file.read(byte, 0, 1, 500_000_000);
  byte.writeUInt8(byte.readUInt8() ^ 1);
  await file.write(byte, 0, 1, 500_000_000);
  await file.close();
  const { receivedBytes } = await repairWeights(request);
  const { fetchBytes } = await diffWeights({
    before: { from: path },
    after: { from: request.from, model: "m", release: "v1.0.0" },
    cache: request.cache,
  });
  await rm(folder, { recursive: true, force: true });
  if (fetchBytes > 0) throw new Error("the repaired file is not the published one");
  return [{ name: "fetched", value: receivedBytes / chunkBytes, atMost: 2, unit: "chunks" }];
}

async function noop(
  work: string,
  { client, rounds }: { readonly client: string; readonly rounds: number },
): Promise<readonly Figure[]> {
  const folder = join(work, "noop");
  const { request, cacheDir } = await synced(folder, 500_000_000);
  const app = join(folder, "app");
  const ours = { file: process.execPath, args: [client, app, cacheDir] };
  const nothing = { file: process.execPath, args: ["-e", "0"] };
  const times = { ours: [] as number[], nothing: [] as number[] };
  for (let round = 0; round <= Math.max(rounds, 5); round++) {
    times.nothing.push((await measure(nothing)).wallSeconds);
    times.ours.push((await measure(ours)).wallSeconds);
  }
  // Where other programs run, the shortest times say most.
  const extraMs = (Math.min(...times.ours) - Math.min(...times.nothing)) * 1000;
  const { receivedBytes, files } = await syncWeights({ ...request, offline: true });
  await rm(folder, { recursive: true, force: true });
  const hashed = files.filter(({ outcome }) => outcome !== "unchanged").length;
  return [
    { name: "beyond node -e 0", value: extraMs, atMost: 150, unit: "ms" },
    { name: "bytes received, files hashed", value: receivedBytes + hashed, atMost: 0, unit: "" },
  ];
}
