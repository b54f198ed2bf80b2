import { expect, test } from "@jest/globals";
import { readdir, readFile, rm, writeFile } from "node:fs/promises";
import { execFileSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { parseManifest, sha256 } from "@plimsoll/manifest";
import { publishWeights } from "./publish.ts";
import type { PublishEvent, PublishOptions } from "./publish-request.ts";
import { workplace, type Workplace } from "./testing/weights-folder.ts";

const publish = async (place: Workplace, options: Partial<PublishOptions> = {}) =>
  await publishWeights({
    from: [place.weights],
    to: [place.store],
    release: "v1.0.0",
    cache: place.cache,
    now: () => new Date("2026-11-21T10:00:00.500Z"),
    ...options,
  });

const tree = async (url: string): Promise<string[]> =>
  (await readdir(fileURLToPath(url), { recursive: true, withFileTypes: true }))
    .filter((entry) => entry.isFile())
    .map((entry) => `${entry.parentPath}/${entry.name}`.slice(fileURLToPath(url).length + 1))
    .sort();

test("a folder of weights becomes a version: files, sums, manifest, and the pin beside the weights", async () => {
  await using place = await workplace();
  await place.fill({ "cnn.pt": "weights", "labels.json": `["bird","drone"]`, "deep/b.onnx": "" });
  const events: PublishEvent[] = [];
  const result = await publish(place, { onEvent: (event) => events.push(event), model: "cnn" });
  expect(await tree(place.store)).toEqual([
    "models/cnn/v1.0.0/SHA256SUMS",
    "models/cnn/v1.0.0/cnn.pt",
    "models/cnn/v1.0.0/deep/b.onnx",
    "models/cnn/v1.0.0/labels.json",
    "models/cnn/v1.0.0/manifest.json",
  ]);
  const stored = await readFile(place.dir.join("store/models/cnn/v1.0.0/manifest.json"));
  expect(stored.equals(await readFile(`${place.weights}/manifest.json`))).toBe(true);
  expect(result).toMatchObject({
    model: "cnn",
    release: "v1.0.0",
    manifestPath: `${place.weights}/manifest.json`,
    stores: [{ url: place.store, outcome: "published", uploadedBytes: 23 }],
  });
  const { manifest } = parseManifest(stored);
  expect(manifest).toMatchObject({
    version: "2.0",
    release: "v1.0.0",
    model: "cnn",
    created_at: "2026-11-21T10:00:00Z",
    metadata: { version: "v1.0.0", uploaded_at: "2026-11-21T10:00:00Z" },
  });
  expect(manifest.weights.get("cnn.pt")).toEqual({
    url: `${place.store}/models/cnn/v1.0.0/cnn.pt`,
    size_mb: 0,
    size: 7,
    checksum: sha256(Buffer.from("weights")),
    algorithm: "sha256",
    required: true,
    format: "text",
  });
  const kinds = new Set(events.map(({ type }) => type));
  // The warning: a name that says ONNX over bytes that are none.
  expect([...kinds]).toEqual(["hash", "warning", "upload", "readback", "visible"]);
});

test("sha256sum itself accepts what was published", async () => {
  await using place = await workplace();
  await place.fill({ "a.pt": "a", "deep/b.onnx": "b", "x+y@1_Z.pt": "c" });
  await publish(place, { model: "m" });
  const folder = place.dir.join("store/models/m/v1.0.0");
  const told = execFileSync("sha256sum", ["-c", "SHA256SUMS"], { cwd: folder, encoding: "utf8" });
  expect(told.split("\n").filter(Boolean)).toEqual([
    "a.pt: OK",
    "deep/b.onnx: OK",
    "x+y@1_Z.pt: OK",
  ]);
});

test("S2: the same bytes again are already published, whatever the clock says", async () => {
  await using place = await workplace();
  await place.fill({ "a.pt": "a" });
  const first = await publish(place);
  const again = await publish(place, { now: () => new Date("2027-01-01T00:00:00Z") });
  expect(again.stores[0]).toMatchObject({ outcome: "already-published", uploadedBytes: 0 });
  expect(again.manifest.digest).toBe(first.manifest.digest);
});

test("a file that was removed from a published version is put back", async () => {
  await using place = await workplace();
  await place.fill({ "a.pt": "a", "b.pt": "b" });
  const first = await publish(place);
  await rm(place.dir.join("store/models/train/v1.0.0/b.pt"));
  const events: PublishEvent[] = [];
  const again = await publish(place, { onEvent: (event) => events.push(event) });
  expect(again.stores[0]).toMatchObject({ outcome: "already-published", uploadedBytes: 1 });
  expect(again.manifest.digest).toBe(first.manifest.digest);
  expect(events).toContainEqual({
    type: "warning",
    message: expect.stringContaining("b.pt is missing"),
  });
  expect(await tree(place.store)).toContain("models/train/v1.0.0/b.pt");
});

test("S2: other bytes under the same version are refused, and the files are named", async () => {
  await using place = await workplace();
  await place.fill({ "a.pt": "a", "b.pt": "b" });
  await publish(place);
  const before = await readFile(`${place.weights}/manifest.json`);
  await place.fill({ "b.pt": "other", "c.pt": "c" });
  await expect(publish(place)).rejects.toMatchObject({
    code: "E_EXISTS",
    message: expect.stringMatching(/b\.pt has other bytes, c\.pt is not in it/),
  });
  await rm(`${place.weights}/c.pt`);
  await rm(`${place.weights}/b.pt`);
  await expect(publish(place)).rejects.toMatchObject({
    message: expect.stringContaining("b.pt is missing here"),
  });
  expect((await readFile(`${place.weights}/manifest.json`)).equals(before)).toBe(true);
});

test("a foreign file under a key of the version is refused by name", async () => {
  await using place = await workplace();
  await place.fill({ "a.pt": "a", "b.pt": "b" });
  await place.fill({ "models/train/v1.0.0/b.pt": "foreign" }, place.dir.join("store"));
  await expect(publish(place)).rejects.toMatchObject({
    code: "E_EXISTS",
    message: expect.stringContaining("b.pt: models/train/v1.0.0/b.pt exists with other bytes"),
  });
  expect(await tree(place.store)).not.toContain("models/train/v1.0.0/manifest.json");
});

test("a publish that stopped midway with other bytes says what differs", async () => {
  await using place = await workplace();
  await place.fill({ "a.pt": "a", "b.pt": "b" });
  const sums = `${sha256(Buffer.from("a"))} *a.pt\n${"0".repeat(64)} *b.pt\n`;
  await place.fill({ "models/train/v1.0.0/SHA256SUMS": sums }, place.dir.join("store"));
  await expect(publish(place)).rejects.toMatchObject({
    code: "E_EXISTS",
    message: expect.stringContaining("(differs: b.pt)"),
  });
});

test("latest follows when it is asked to, and metadata.json with it", async () => {
  await using place = await workplace();
  await place.fill({
    "a.pt": "a",
    "metadata.json": JSON.stringify({ accuracy: 0.9, task: "tensor" }),
  });
  const events: PublishEvent[] = [];
  await publish(place, { channel: "latest", model: "m", onEvent: (event) => events.push(event) });
  const folder = place.dir.join("store/models/m");
  const read = async (name: string): Promise<unknown> =>
    JSON.parse(await readFile(`${folder}/${name}`, "utf8"));
  expect(await read("channels/latest.json")).toMatchObject({ sequence: 1, version: "v1.0.0" });
  expect(await read("metadata.json")).toMatchObject({
    version: "v1.0.0",
    accuracy: 0.9,
    task: "tensor",
    sha256: sha256(Buffer.from("a")),
  });
  expect(events.at(-1)).toEqual({
    type: "channel",
    store: place.store,
    channel: "latest",
    sequence: 1,
    moved: true,
  });
  await publish(place, { channel: "staging", model: "m", release: "v1.1.0" });
  expect(await read("metadata.json")).toMatchObject({ version: "v1.0.0" });
  await publish(place, { channel: "latest", model: "m", release: "v1.1.0" });
  expect(await read("channels/latest.json")).toMatchObject({ sequence: 2, version: "v1.1.0" });
  expect(await read("metadata.json")).toMatchObject({ version: "v1.1.0" });
});

test("optional files, a base URL, a description", async () => {
  await using place = await workplace();
  await place.fill({ "a.pt": "a", "extra+1.npz": "b" });
  const { manifest } = await publish(place, {
    model: "m",
    optional: ["*.npz"],
    publicUrl: "https://cdn.example.com/",
    description: "two files",
  });
  expect(manifest.manifest.description).toBe("two files");
  expect(manifest.manifest.weights.get("a.pt")?.required).toBe(true);
  expect(manifest.manifest.weights.get("extra+1.npz")).toMatchObject({
    required: false,
    url: "https://cdn.example.com/models/m/v1.0.0/extra%2B1.npz",
  });
});

test("a dry run writes nothing and says what would be sent", async () => {
  await using place = await workplace();
  await place.fill({ "a.pt": "aaa", "b.pt": "bb" });
  await place.fill({ "models/train/v1.0.0/a.pt": "aaa" }, place.dir.join("store"));
  const { stores, manifestPath } = await publish(place, { dryRun: true });
  expect(stores).toMatchObject([
    {
      outcome: "planned",
      plan: { files: 2, bytes: 5, uploadFiles: 1, uploadBytes: 2, hits: [] },
    },
  ]);
  expect(manifestPath).toBeUndefined();
  expect(await tree(place.store)).toEqual(["models/train/v1.0.0/a.pt"]);
  expect(await readdir(place.weights)).toEqual(["a.pt", "b.pt"]);
});

test("a pin that forgets a file says so, and none is written where none is wanted", async () => {
  await using place = await workplace();
  await place.fill({ "a.pt": "a", "b.pt": "b" });
  await publish(place);
  const events: PublishEvent[] = [];
  await publish(place, {
    from: [`${place.weights}/a.pt`],
    release: "v1.1.0",
    onEvent: (event) => events.push(event),
  });
  expect(events).toContainEqual({
    type: "warning",
    message: `${place.weights}/manifest.json does not name b.pt any more`,
  });
  const { manifestPath } = await publish(place, { release: "v1.2.0", manifestPath: false });
  expect(manifestPath).toBeUndefined();
});

test.each([
  ["no version", { release: "1.0" }],
  ["a version that is a path", { release: "../v1.0.0" }],
  ["no store", { to: [] }],
  ["nothing to publish", { from: [] }],
  ["a model that is a path", { model: "../m" }],
  ["a channel that is a version", { channel: "v1.0.0" }],
  ["a store that is none", { to: ["nowhere"] }],
])("%s is a matter of usage", async (_what, options) => {
  await using place = await workplace();
  await place.fill({ "a.pt": "a" });
  await expect(publish(place, options)).rejects.toMatchObject({ code: "E_USAGE" });
});

test("metadata that is none is refused before anything is written", async () => {
  await using place = await workplace();
  await place.fill({ "a.pt": "a", "metadata.json": `{"task":"dancing"}` });
  await expect(publish(place)).rejects.toMatchObject({ code: "E_MANIFEST_SCHEMA" });
});

test("a file that was hashed before is not read again", async () => {
  await using place = await workplace();
  await place.fill({ "a.pt": "a" });
  await place.cache.prove(`${place.weights}/a.pt`, sha256(Buffer.from("a")), {
    startedAtMs: Date.now() + 60_000,
  });
  const { files } = await publish(place, { dryRun: true });
  expect(files[0]?.sha256).toBe(sha256(Buffer.from("a")));
  await writeFile(`${place.weights}/a.pt`, "b");
  expect((await publish(place, { dryRun: true })).files[0]?.sha256).toBe(sha256(Buffer.from("b")));
});
