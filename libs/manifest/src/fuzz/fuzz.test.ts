import { readFileSync } from "node:fs";
import { expect, test } from "@jest/globals";
import { mutate, seededRandom } from "@plimsoll/testing";
import {
  buildChunkIndex,
  decodeChunkIndex,
  encodeChunkIndex,
  inMemory,
  ManifestError,
  parseJson,
  parseManifest,
  readFacts,
  readMetadata,
  readTrustedKeys,
  rewriteUrls,
  scanFile,
  scanPickle,
  scanPickleIn,
  verifyEnvelope,
  verifyModel,
  writeManifest,
  type RandomAccess,
} from "../index.ts";
import { weightFiles } from "./weight-files.ts";

/** `PLIMSOLL_NIGHTLY=1` runs long; `PLIMSOLL_SEED` begins elsewhere, or makes a failure again. */
const isNightly = process.env["PLIMSOLL_NIGHTLY"] === "1";
const seed = Number(process.env["PLIMSOLL_SEED"] ?? 1);
const timeoutMs = isNightly ? 3_600_000 : 30_000;

const piece = (name: string): Uint8Array =>
  readFileSync(new URL(`../../museum/${name}`, import.meta.url));
const at = Date.parse("2026-11-21T10:00:00Z");
const publicKey = Buffer.from(piece("public-key.pem")).toString();
const keys = readTrustedKeys([{ id: "k", publicKey }]);
const pointerType = "application/vnd.plimsoll.channel.v1+json";

/** Random access that notices every read outside of the file. */
const strict = (bytes: Uint8Array): RandomAccess => ({
  size: bytes.length,
  read: (offset, length) => {
    const inside = offset >= 0 && length >= 0 && offset + length <= bytes.length;
    if (!inside || !Number.isInteger(offset) || !Number.isInteger(length)) {
      throw new RangeError(`read of ${length} bytes at ${offset} of ${bytes.length}`);
    }
    return inMemory(bytes).read(offset, length);
  },
});

interface Target {
  readonly seeds: readonly Uint8Array[];
  /** Mutations in the short run; the nightly run makes 100,000 of each. */
  readonly short: number;
  /** May throw a `ManifestError`; anything else is a finding. */
  readonly run: (bytes: Uint8Array) => unknown;
}

const manifests = ["manifest-1.0.bytes", "manifest-2.0.bytes", "weights-urls.bytes"].map(piece);
const pointer = piece("pointer-1.bytes");
const signed = verifyModel(piece("model-sig-1.bytes"), keys, { source: "m", at });
const pickles = weightFiles.filter(([name]) => name.endsWith(".pkl")).map(([, bytes]) => bytes);

const targets: Readonly<Record<string, Target>> = {
  manifests: {
    seeds: manifests,
    short: 3000,
    run: (bytes) => {
      const parsed = parseManifest(bytes, { source: "m" });
      rewriteUrls(parsed, (_, { url }) => ({ url: url ?? "https://host.example/a" }));
      const pinned = [...parsed.manifest.weights.values()].every(({ checksum }) => checksum);
      if (pinned) writeManifest(parsed.manifest);
    },
  },
  metadata: {
    seeds: [Buffer.from('{"model_name":"a","test_accuracy":0.9,"class_names":["a","b"]}')],
    short: 1000,
    run: (bytes) => readMetadata(parseJson(bytes)),
  },
  "trusted keys": {
    seeds: [Buffer.from(publicKey)],
    short: 500,
    run: (bytes) => readTrustedKeys([{ id: "k", publicKey: Buffer.from(bytes).toString() }]),
  },
  "signed pointers": {
    seeds: [piece("pointer-1-signed.bytes")],
    short: 1500,
    run: (bytes) => {
      const { payload } = verifyEnvelope(parseJson(bytes), pointerType, keys, { name: "p", at });
      // Accepted is only a change outside of what is signed, such as white space.
      expect(Buffer.compare(payload, pointer)).toBe(0);
    },
  },
  "model signatures": {
    seeds: [piece("model-sig-1.bytes")],
    short: 1500,
    run: (bytes) => expect(verifyModel(bytes, keys, { source: "m", at })).toEqual(signed),
  },
  "chunk indexes": {
    seeds: [piece("chunk-index-1.bytes")],
    short: 2000,
    run: (bytes) => {
      const index = decodeChunkIndex(bytes, "a.bin");
      expect(Buffer.compare(encodeChunkIndex(index), bytes)).toBe(0);
    },
  },
  pickles: {
    seeds: pickles,
    short: 3000,
    run: async (bytes) => {
      const content = scanPickle(bytes);
      expect(content.end).toBeLessThanOrEqual(bytes.length);
      expect(await scanPickleIn(strict(bytes))).toEqual(content);
    },
  },
  "scans of weight files": {
    seeds: weightFiles.map(([, bytes]) => bytes),
    short: 1500,
    run: async (bytes) => {
      const report = await scanFile(strict(bytes), { name: "a.pt" });
      expect(report.refused).toBe(report.findings.some(({ level }) => level === "refuse"));
    },
  },
  "facts of weight files": {
    seeds: weightFiles.map(([, bytes]) => bytes),
    short: 1500,
    run: (bytes) => readFacts(strict(bytes)),
  },
  "chunks of weight files": {
    seeds: weightFiles.map(([, bytes]) => bytes),
    short: 500,
    run: (bytes) => buildChunkIndex(strict(bytes), { averageBytes: 4096 }),
  },
};

test.each(Object.entries(targets))(
  "T12: random changes of %s end in a ManifestError or in nothing worse",
  async (_, { seeds, short, run }) => {
    const random = seededRandom(seed);
    const count = isNightly ? 100_000 : short;
    for (let i = 0; i < count; i += 1) {
      const base = seeds[i % seeds.length] ?? Buffer.alloc(0);
      const other = seeds[Math.floor(random() * seeds.length)] ?? base;
      const bytes = mutate(base, other, random);
      try {
        await run(bytes);
      } catch (cause) {
        if (cause instanceof ManifestError) continue;
        const text = Buffer.from(bytes).toString("base64");
        throw new Error(`seed ${seed}, change ${i} of these bytes: ${text}`, { cause });
      }
    }
  },
  timeoutMs,
);

test("T12: what nobody changed is accepted, so that the changes mean something", async () => {
  for (const { seeds, run } of Object.values(targets)) {
    for (const bytes of seeds) await run(bytes);
  }
});
