import { expect, test } from "@jest/globals";
import { execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { readdir, readFile } from "node:fs/promises";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { sha256 } from "@plimsoll/manifest";
import { faultyServer } from "@plimsoll/testing";
import { publishWeights } from "./publish.ts";
import { syncWeights } from "./sync.ts";
import { noise } from "./testing/noise.ts";
import { workplace } from "./testing/weights-folder.ts";

const run = promisify(execFile);
const flags = ["--conditions=@plimsoll/source", "--import", "tsx"];
const script = fileURLToPath(new URL("testing/sync-process.ts", import.meta.url));

async function syncProcess(...args: readonly string[]) {
  const { stdout } = await run(process.execPath, [...flags, script, ...args]);
  return JSON.parse(stdout) as { outcomes: Record<string, string>; receivedBytes: number };
}

const files = Object.fromEntries(
  Array.from({ length: 12 }, (_, index) => [`f${index}.onnx`, noise(200_000 + index, index + 1)]),
);
const total = Object.values(files).reduce((sum, { length }) => sum + length, 0);

test("D6: processes that sync into one folder at once bring each file once", async () => {
  await using place = await workplace();
  await place.fill(files);
  const { weights, store, app, cache } = place;
  await publishWeights({
    from: [weights],
    to: [store],
    release: "v1.0.0",
    model: "m",
    cache: false,
  });
  const results = await Promise.all(
    [1, 2, 3].map(async () => await syncProcess(store, app, cache.dir, "m")),
  );
  const received = results.reduce((sum, { receivedBytes }) => sum + receivedBytes, 0);
  expect(received).toBe(total);
  for (const [name, bytes] of Object.entries(files)) {
    expect((await readFile(`${app}/${name}`)).equals(bytes)).toBe(true);
  }
  expect((await readdir(app)).sort()).toEqual([...Object.keys(files), "manifest.json"].sort());
}, 180_000);

test("D6: syncs of two versions into one folder at once leave files that one of the two names", async () => {
  await using place = await workplace();
  const { weights, store, app, cache } = place;
  const publish = async (release: string) =>
    await publishWeights({ from: [weights], to: [store], release, model: "m", cache: false });
  await place.fill({ "a.pt": "a1", "b.pt": "b1" });
  await publish("v1.0.0");
  await place.fill({ "a.pt": "a2", "b.pt": "b2" });
  await publish("v2.0.0");
  for (let round = 0; round < 10; round++) {
    await Promise.all(
      ["v1.0.0", "v2.0.0"].map((release) =>
        syncWeights({ from: store, model: "m", release, dir: app, cache }),
      ),
    );
    for (const name of ["a", "b"]) {
      const text = await readFile(`${app}/${name}.pt`, "utf8");
      expect([`${name}1`, `${name}2`]).toContain(text);
    }
  }
  const settled = await syncWeights({ from: `${app}/manifest.json`, cache });
  expect(settled.files.every(({ outcome }) => outcome !== "failed")).toBe(true);
});

test("I1-I3: a sync that is killed leaves no wrong file, and the next one finishes and clears up", async () => {
  await using place = await workplace();
  const { app, cache } = place;
  const bytes = noise(3_000_000);
  await using server = await faultyServer({
    files: { "/a.onnx": bytes },
    bytesPerSecond: 2_000_000,
  });
  const entry = { url: "./a.onnx", size_mb: 2.86, checksum: sha256(bytes), size: bytes.length };
  const manifest = JSON.stringify({ version: "2.0", weights: { "a.onnx": entry } });
  server.put("/manifest.json", Buffer.from(manifest));
  const from = server.url("/manifest.json");
  const child = spawn(process.execPath, [...flags, script, from, app, cache.dir]);
  const exit = once(child, "exit");
  while (server.of("/a.onnx").length === 0) await sleep(20);
  await sleep(300);
  child.kill("SIGKILL");
  await exit;
  expect(await readdir(app).catch(() => [])).toEqual([]);
  const { receivedBytes } = await syncProcess(from, app, cache.dir);
  expect(receivedBytes).toBeLessThanOrEqual(bytes.length);
  expect((await readFile(`${app}/a.onnx`)).equals(bytes)).toBe(true);
  expect((await readdir(app)).sort()).toEqual(["a.onnx", "manifest.json"]);
  expect((await cache.status()).partials).toBe(0);
}, 180_000);
