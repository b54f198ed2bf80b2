import { readFile, rm, writeFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { expect, test } from "@jest/globals";
import { faultyServer } from "@plimsoll/testing";
import { publishWeights } from "./publish.ts";
import { syncWeights } from "./sync.ts";
import type { SyncOptions, SyncResult } from "./sync-request.ts";
import { noise } from "./testing/noise.ts";
import { workplace, type Workplace } from "./testing/weights-folder.ts";

const MIB = 1_048_576;
const v1 = noise(12 * MIB);
/** The most that one changed place may cost where boundaries follow the content. */
const place = 3 * MIB;

const publish = async (at: Workplace, release: string) =>
  await publishWeights({
    from: [at.weights],
    to: [at.store],
    release,
    model: "cnn",
    cache: await at.newCache(),
  });

const sync = async (at: Workplace, options: Partial<SyncOptions> = {}): Promise<SyncResult> =>
  await syncWeights({
    from: at.store,
    model: "cnn",
    dir: at.app,
    cache: at.cache,
    allowPickle: true,
    ...options,
  });

async function published(bytes: Uint8Array, release: string, at: Workplace): Promise<void> {
  await at.fill({ "cnn.onnx": bytes });
  await publish(at, release);
}

test("an update fetches only what the cached version has not", async () => {
  await using at = await workplace();
  await published(v1, "v1.0.0", at);
  expect((await sync(at)).localBytes).toBe(0);
  const v2 = Buffer.concat([v1.subarray(0, 100), Buffer.from("grown"), v1.subarray(100)]);
  v2.write("changed", 8 * MIB);
  await published(v2, "v2.0.0", at);
  const { receivedBytes, localBytes } = await sync(at);
  expect(receivedBytes).toBeLessThan(2 * place);
  expect(localBytes).toBeGreaterThan(v2.length - 2 * place);
  expect((await readFile(`${at.app}/cnn.onnx`)).equals(v2)).toBe(true);
});

test("D8: a damaged file in the app's folder is mended, though the cache is empty", async () => {
  await using at = await workplace();
  await published(v1, "v1.0.0", at);
  await sync(at);
  const damaged = Buffer.from(v1);
  damaged.write("flip", 6 * MIB);
  await rm(`${at.app}/cnn.onnx`);
  await writeFile(`${at.app}/cnn.onnx`, damaged);
  const { receivedBytes, files } = await sync(at, { cache: await at.newCache() });
  expect(files[0]?.outcome).toBe("fetched");
  expect(receivedBytes).toBeLessThan(place);
  expect((await readFile(`${at.app}/cnn.onnx`)).equals(v1)).toBe(true);
});

test("another version that some tool left in the folder is used, moved as it may be", async () => {
  await using at = await workplace();
  await published(v1, "v1.0.0", at);
  await at.fill({ "cnn.onnx": Buffer.concat([Buffer.alloc(1000), v1]) }, at.app);
  const { receivedBytes } = await sync(at);
  expect(receivedBytes).toBeLessThan(place);
});

test("where the chunk index is gone the file comes whole, with a warning", async () => {
  await using at = await workplace();
  await at.fill({ "cnn.onnx": v1 });
  const { manifest } = await publish(at, "v1.0.0");
  await rm(fileURLToPath(manifest.manifest.weights.get("cnn.onnx")?.chunks?.url ?? ""));
  const { receivedBytes, warnings } = await sync(at);
  expect(receivedBytes).toBe(v1.length);
  expect(warnings).toEqual([expect.stringContaining("fetched whole, without its chunk index")]);
});

test("N20: a mirror with a wrong chunk is named in a warning, and the file is right", async () => {
  await using at = await workplace();
  await published(v1, "v1.0.0", at);
  const folder = `${at.dir.path}/store/models/cnn/v1.0.0`;
  const index = await readFile(`${folder}/cnn.onnx.chunks`);
  const files = { "/bad": v1, "/good": v1, "/chunks": index };
  await using server = await faultyServer({
    files,
    faults: { "/bad": { wrongBytes: Array.from({ length: 120 }, (_, index) => index * 100_000) } },
  });
  const manifest = JSON.parse(await readFile(`${folder}/manifest.json`, "utf8")) as {
    weights: Record<string, { url: string; mirrors?: string[]; chunks: { url: string } }>;
  };
  const entry = manifest.weights["cnn.onnx"];
  if (entry === undefined) throw new Error("no entry");
  entry.url = server.url("/bad");
  entry.mirrors = [server.url("/good")];
  entry.chunks.url = server.url("/chunks");
  await at.fill({ "manifest.json": JSON.stringify(manifest) }, at.app);
  const { warnings } = await sync(at, { from: `${at.app}/manifest.json`, model: "cnn" });
  expect(warnings).toEqual([expect.stringMatching(/cnn\.onnx: bytes \d+ to .*\/bad.*not asked/)]);
  expect((await readFile(`${at.app}/cnn.onnx`)).equals(v1)).toBe(true);
});

test("force takes nothing from what is here", async () => {
  await using at = await workplace();
  await published(v1, "v1.0.0", at);
  await sync(at);
  const { receivedBytes, localBytes } = await sync(at, { force: true });
  expect(receivedBytes).toBeGreaterThanOrEqual(v1.length);
  expect(localBytes).toBe(0);
});
