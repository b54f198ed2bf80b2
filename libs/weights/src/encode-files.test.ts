import { execFileSync } from "node:child_process";
import { randomBytes } from "node:crypto";
import { mkdir, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { gunzipSync } from "node:zlib";
import { afterEach, beforeEach, expect, test } from "@jest/globals";
import { sha256 } from "@plimsoll/manifest";
import { tempDir, type TempDir } from "@plimsoll/testing";
import { finishRelease } from "./finish-release.ts";
import { publishWeights } from "./publish.ts";
import { syncWeights } from "./sync.ts";

const dull = Buffer.alloc(300_000, "the same again, ");
const lively = randomBytes(200_000);

let dir: TempDir;
beforeEach(async () => {
  dir = await tempDir();
  await mkdir(dir.join("weights"));
  await writeFile(dir.join("weights/dull.npz"), dull);
  await writeFile(dir.join("weights/lively.npz"), lively);
});
afterEach(() => dir.remove());

const env = (): Record<string, string> => ({ PLIMSOLL_CACHE_DIR: dir.join("cache") });
const publish = (more: object = {}) =>
  publishWeights({
    from: [dir.join("weights")],
    include: ["*.npz"],
    release: "v1.0.0",
    model: "net",
    to: [dir.join("store")],
    compress: true,
    env: env(),
    ...more,
  });
const stored = async (store = "store"): Promise<string[]> =>
  (await readdir(dir.join(`${store}/models/net/v1.0.0`))).sort();

test("a file that gets smaller by a tenth is stored compressed, another is not; sync gives both back", async () => {
  const { manifest } = await publish();
  const { weights } = manifest.manifest;
  expect(weights.get("dull.npz")).toMatchObject({
    url: expect.stringMatching(/dull\.npz\.gz$/),
    size: dull.length,
    checksum: sha256(dull),
    encoding: "gzip",
  });
  expect(weights.get("lively.npz")).not.toHaveProperty("encoding");
  expect(await stored()).toEqual(["SHA256SUMS", "dull.npz.gz", "lively.npz", "manifest.json"]);
  const packed = await readFile(dir.join("store/models/net/v1.0.0/dull.npz.gz"));
  expect(gunzipSync(packed).equals(dull)).toBe(true);
  expect(weights.get("dull.npz")?.encoded_size).toBe(packed.length);
  expect(weights.get("dull.npz")?.encoded_checksum).toBe(sha256(packed));
  for (const [from, model] of [
    [dir.join("store"), "net"],
    [dir.join("weights/manifest.json"), undefined],
  ] as const) {
    const app = dir.join(`app-${model}`);
    const cache = { PLIMSOLL_CACHE_DIR: dir.join(`cache-${model}`) };
    await syncWeights({ from, ...(model && { model }), dir: app, env: cache });
    expect((await readFile(`${app}/dull.npz`)).equals(dull)).toBe(true);
    expect((await readFile(`${app}/lively.npz`)).equals(lively)).toBe(true);
  }
  // Digests are those of the files, whatever they travel as.
  const sums = await readFile(dir.join("store/models/net/v1.0.0/SHA256SUMS"));
  await writeFile(dir.join("app-net/SHA256SUMS"), sums);
  execFileSync("sha256sum", ["-c", "SHA256SUMS"], { cwd: dir.join("app-net") });
});

test("a second run, a second store and a held version keep to what was stored", async () => {
  await publish();
  expect((await publish()).stores[0]?.outcome).toBe("already-published");
  expect((await publish({ compress: false })).stores[0]?.outcome).toBe("already-published");
  await rm(dir.join("store/models/net/v1.0.0/dull.npz.gz"));
  await publish({ compress: false });
  expect(await stored()).toContain("dull.npz.gz");
  const both = await publish({ to: [dir.join("store"), dir.join("other")], compress: false });
  expect(both.stores.map(({ outcome }) => outcome)).toEqual(["already-published", "published"]);
  expect(await stored("other")).toEqual(await stored());
  await publish({ to: [dir.join("third")], release: "v1.0.0", hold: true });
  expect(await stored("third")).not.toContain("manifest.json");
  await finishRelease({
    manifestPath: dir.join("weights/manifest.json"),
    release: "v1.0.0",
    to: [dir.join("third")],
    env: env(),
  });
  expect(await stored("third")).toEqual(await stored());
});

test("a dry run reckons with the compressed bytes; readers of copies in latest/ cannot decode", async () => {
  const { stores } = await publish({ dryRun: true });
  expect(stores[0]?.plan?.uploadBytes).toBeLessThan(lively.length + 20_000);
  await expect(publish({ mirrorLatest: true })).rejects.toMatchObject({ code: "E_USAGE" });
});
