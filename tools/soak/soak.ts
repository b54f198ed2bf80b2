import { createCipheriv, createHash } from "node:crypto";
import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { openCache } from "@plimsoll/cache";
import { buildChunkIndex, encodeChunkIndex, inMemory } from "@plimsoll/manifest";
import { httpClient } from "@plimsoll/storage";
import { faultyServer, type FaultyServer } from "@plimsoll/testing";
import { syncWeights } from "@plimsoll/weights";
import { randomFault } from "./random-fault.ts";
import { seededRandom } from "./random.ts";
import { growth, held, type Held } from "./watch-process.ts";

/** What a soak found. */
export interface SoakResult {
  readonly syncs: number;
  /** By outcome: `right`, else the code of the error. */
  readonly outcomes: Readonly<Record<string, number>>;
  /** What is wrong, a line each; empty as it should be. */
  readonly faults: readonly string[];
  readonly requests: number;
  /** What the process held after every 25th sync. */
  readonly held: readonly Held[];
}

export interface SoakOptions {
  /** Default 1,000. */
  readonly syncs?: number;
  /** Ends after this, whatever was done; default 600. */
  readonly seconds?: number;
  /** Default 1: the same faults every time. */
  readonly seed?: number;
  readonly onSync?: (done: number) => void;
}

const names = ["/weights.onnx", "/labels.json"] as const;
/** A server is replaced now and then: it remembers every request. */
const syncsPerServer = 50;
const syncsPerSample = 25;

/**
 * Syncs again and again from a host that cuts, stalls, flips bytes, lies and redirects, from one version to the other,
 * with a cache that is kept, new or damaged, cancelled now and then. Whatever comes of it, a final path holds one of the two
 * published files, and neither memory nor open files grow.
 */
export async function soak(options: SoakOptions = {}): Promise<SoakResult> {
  const { syncs = 1000, seconds = 600, seed = 1 } = options;
  const random = seededRandom(seed);
  const dir = await mkdtemp(join(tmpdir(), "plimsoll-soak-"));
  const versions = await Promise.all([1, 2].map(makeVersion));
  const outcomes: Record<string, number> = {};
  const faults: string[] = [];
  const end = performance.now() + seconds * 1000;
  const samples: Held[] = [];
  let requests = 0;
  let done = 0;
  let server: FaultyServer | undefined;
  try {
    for (; done < syncs && performance.now() < end; done++) {
      if (done % syncsPerServer === 0) {
        requests += server?.requests.length ?? 0;
        await server?.close();
        server = await faultyServer();
      }
      if (server === undefined) break;
      if (random() < 0.5) await rm(dir, { recursive: true, force: true });
      if (random() < 0.3) await rm(join(dir, "app"), { recursive: true, force: true });
      if (random() < 0.2) await damage(dir, random);
      const wanted = versions[Math.floor(random() * versions.length)];
      if (wanted === undefined) break;
      serve(server, wanted, random);
      const outcome = await once(server, dir, random);
      outcomes[outcome] = (outcomes[outcome] ?? 0) + 1;
      const wrong = await inspect(
        join(dir, "app"),
        versions,
        outcome === "right" ? wanted : undefined,
      );
      if (wrong !== undefined) faults.push(`sync ${done} (${outcome}): ${wrong}`);
      if (!/^(right|E_[A-Z_]+)$/.test(outcome)) faults.push(`sync ${done}: no code: ${outcome}`);
      if (done % syncsPerSample === 0) samples.push(await held());
      options.onSync?.(done + 1);
    }
    requests += server?.requests.length ?? 0;
  } finally {
    await server?.close();
    await rm(dir, { recursive: true, force: true });
  }
  faults.push(...growth(samples));
  return { syncs: done, outcomes, faults, requests, held: samples };
}

type Version = ReadonlyMap<string, Uint8Array>;

async function makeVersion(number: number): Promise<Version> {
  const cipher = createCipheriv("aes-128-ctr", Buffer.alloc(16, 7), Buffer.alloc(16));
  const weights = cipher.update(Buffer.alloc(1_500_000));
  weights.fill(number, 700_000, 800_000);
  const index = encodeChunkIndex(
    await buildChunkIndex(inMemory(weights), { averageBytes: 65_536 }),
  );
  const labels = Buffer.from(`["bird", ${number}]`);
  return new Map<string, Uint8Array>([
    ["/weights.onnx", weights],
    ["/labels.json", labels],
    ["/weights.onnx.chunks", index],
  ]);
}

const digest = (bytes: Uint8Array): string => createHash("sha256").update(bytes).digest("hex");

function manifestOf(version: Version, origin: string): Uint8Array {
  const index = version.get("/weights.onnx.chunks") ?? Buffer.alloc(0);
  const chunks = {
    url: `${origin}/weights.onnx.chunks`,
    size: index.length,
    checksum: digest(index),
  };
  const entry = (path: string): object => {
    const bytes = version.get(path) ?? Buffer.alloc(0);
    return {
      url: origin + path,
      mirrors: [`${origin}/mirror${path}`],
      size: bytes.length,
      size_mb: Math.round((bytes.length / 1_048_576) * 100) / 100,
      checksum: digest(bytes),
      algorithm: "sha256",
      required: true,
    };
  };
  const weights = {
    "weights.onnx": { ...entry("/weights.onnx"), chunks },
    "labels.json": entry("/labels.json"),
  };
  return Buffer.from(JSON.stringify({ version: "2.0", weights }));
}

function serve(server: FaultyServer, version: Version, random: () => number): void {
  for (const [path, bytes] of version) {
    for (const at of [path, `/mirror${path}`]) {
      server.put(at, bytes);
      server.script(at, () => randomFault(random, bytes.length));
    }
  }
  // Nothing pins the manifest: it comes as it is.
  server.put("/manifest.json", manifestOf(version, server.origin));
  server.put("/moved", version.get("/weights.onnx") ?? Buffer.alloc(0));
  server.put("/elsewhere", Buffer.from("<html>another page</html>"));
}

async function once(server: FaultyServer, dir: string, random: () => number): Promise<string> {
  const http = httpClient({ idleTimeoutMs: 150, connectTimeoutMs: 1000 });
  const signal = random() < 0.1 ? AbortSignal.timeout(Math.ceil(random() * 60)) : undefined;
  try {
    await syncWeights({
      from: server.url("/manifest.json"),
      dir: join(dir, "app"),
      cache: await openCache({ dir: join(dir, "cache"), env: {} }),
      env: {},
      fetch: {
        http,
        random,
        tries: 4,
        segmentBytes: 262_144,
        backoff: { baseMs: 1, capMs: 5 },
      },
      ...(signal && { signal }),
    });
    return "right";
  } catch (error) {
    const { code, name, message } = error as { code?: unknown; name: string; message: string };
    if (signal?.aborted && (name === "TimeoutError" || name === "AbortError")) return "E_CANCELLED";
    return typeof code === "string" ? code : `${name}: ${message}`;
  } finally {
    http.close();
  }
}

/**
 * Flips a byte of a file that lies somewhere in the cache, half of a download included, as a disk might. Its bytes are
 * replaced, not written to: a hard link in the app's folder is another's.
 */
async function damage(dir: string, random: () => number): Promise<void> {
  const files = (
    await readdir(join(dir, "cache"), { recursive: true, withFileTypes: true }).catch(() => [])
  ).filter((entry) => entry.isFile() && /(?:sha256|partial|chunks)/.test(entry.parentPath));
  const entry = files[Math.floor(random() * files.length)];
  if (entry === undefined) return;
  const path = join(entry.parentPath, entry.name);
  const bytes = await readFile(path);
  const at = Math.floor(random() * bytes.length);
  if (bytes.length === 0) return;
  bytes[at] = (bytes[at] ?? 0) ^ 1;
  await rm(path);
  await writeFile(path, bytes);
}

/** What is wrong with what lies in the folder, or undefined. With `wanted` all of that must be there. */
async function inspect(
  app: string,
  versions: readonly Version[],
  wanted: Version | undefined,
): Promise<string | undefined> {
  for (const name of names) {
    const bytes = await readFile(join(app, name)).catch(() => undefined);
    if (bytes === undefined && wanted === undefined) continue;
    const allowed = wanted === undefined ? versions : [wanted];
    const isRight = allowed.some((version) => bytes?.equals(version.get(name) ?? bytes) === true);
    if (!isRight) return `${name} is not what was published`;
  }
  const left = (await readdir(app).catch(() => [])).filter((name) => name.startsWith("."));
  return left.length > 0 && wanted !== undefined ? `left over: ${left.join(", ")}` : undefined;
}
