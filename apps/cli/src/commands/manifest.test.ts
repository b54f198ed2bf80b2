import { mkdir, readFile, writeFile } from "node:fs/promises";
import { afterEach, beforeEach, expect, test } from "@jest/globals";
import { tempDir, type TempDir } from "@plimsoll/testing";
import { fakeIo } from "../fake-io.ts";
import { main } from "../main.ts";

let dir: TempDir;
beforeEach(async () => {
  dir = await tempDir();
  await mkdir(dir.join("weights"));
  await writeFile(dir.join("weights/a.pt"), "first");
  await writeFile(dir.join("weights/b.pt"), "second");
});
afterEach(() => dir.remove());

async function manifest(...argv: readonly string[]) {
  const io = fakeIo({ cwd: dir.path, env: { PLIMSOLL_CACHE_DIR: dir.join("cache") } });
  const exit = await main(["manifest", ...argv], io);
  return { exit, out: io.out(), err: io.err() };
}

const text = (): Promise<string> => readFile(dir.join("weights/manifest.json"), "utf8");
const read = async () =>
  JSON.parse(await text()) as { weights: Record<string, Record<string, unknown>> };

test("create writes the five fields of 1.0 and says what is missing", async () => {
  const { exit, out } = await manifest("create", "weights");
  expect(exit).toBe(0);
  expect(out).toMatch(/manifest\.json: written, 2 files, 11 B$/m);
  expect(out).toMatch(/plimsoll publish/);
  const { weights } = await read();
  expect(weights["a.pt"]).toMatchObject({
    checksum: "a7937b64b8caa58f03721bb6bacf5c78cb235febe0e70b1b84cd99541461a08e",
    algorithm: "sha256",
    required: true,
    size: 5,
  });
});

test("create again keeps URLs of unchanged files; with nothing new not a byte changes", async () => {
  await manifest("create", "weights", "--base-url", "https://host.test/w/");
  const before = await text();
  expect((await read()).weights["b.pt"]).toMatchObject({ url: "https://host.test/w/b.pt" });
  expect((await manifest("create", "weights")).out).toMatch(/unchanged, 2 files/);
  expect(await text()).toBe(before);
  await writeFile(dir.join("weights/b.pt"), "third");
  expect((await manifest("create", "weights")).out).toMatch(/updated, 2 files/);
  const { weights } = await read();
  expect(weights["a.pt"]).toMatchObject({ url: "https://host.test/w/a.pt" });
  expect(weights["b.pt"]).not.toHaveProperty("url");
});

test("rewrite sets the URLs for a store and a version and nothing else", async () => {
  await manifest("create", "weights", "--model", "net", "--release", "v1.0.0");
  const before = await read();
  const { exit, out } = await manifest(
    "rewrite",
    "--to",
    "https://cdn.test/w",
    "--mirror",
    "https://two.test",
  );
  expect(exit).toBe(0);
  expect(out).toMatch(/2 of 2 files with another URL/);
  const after = await read();
  for (const [name, entry] of Object.entries(after.weights)) {
    const { url, mirrors, ...rest } = entry;
    expect(url).toBe(`https://cdn.test/w/models/net/v1.0.0/${name}`);
    expect(mirrors).toEqual([`https://two.test/models/net/v1.0.0/${name}`]);
    expect(before.weights[name]).toEqual(rest);
  }
  expect({ ...after, weights: 0 }).toEqual({ ...before, weights: 0 });
});

test("rewrite of a hand-made 1.0 manifest by --base-url: no YOUR_USERNAME is left", async () => {
  const entry = { size_mb: 0, checksum: "0".repeat(64), algorithm: "sha256", required: true };
  const url = "https://github.com/YOUR_USERNAME/r/releases/download/v1.0.0/a.pt";
  const old = { version: "1.0", note: "ours", weights: { "a.pt": { url, ...entry } } };
  await writeFile(dir.join("weights/manifest.json"), JSON.stringify(old));
  expect((await manifest("check")).err).toMatch(/placeholder: plimsoll manifest rewrite/);
  const base = "https://github.com/me/r/releases/download/v1.0.0";
  expect((await manifest("rewrite", "--base-url", base)).exit).toBe(0);
  expect(JSON.parse(await text())).toEqual({
    ...old,
    weights: { "a.pt": { url: `${base}/a.pt`, ...entry } },
  });
  expect((await manifest("check")).err).toBe("");
});

test("rewrite to a private bucket: its own URL, options and all", async () => {
  await manifest("create", "weights");
  const base = "s3://b/models/net/v1.0.0?endpoint=https://s3.test";
  expect((await manifest("rewrite", "--base-url", base)).exit).toBe(0);
  expect((await read()).weights["a.pt"]).toMatchObject({
    url: "s3://b/models/net/v1.0.0/a.pt?endpoint=https://s3.test",
  });
});

test("rewrite asks for what it cannot know", async () => {
  await manifest("create", "weights");
  for (const [argv, message] of [
    [["rewrite"], /rewrite to where\?/],
    [["rewrite", "--to", "https://h.test", "--base-url", "https://b.test"], /rewrite to where\?/],
    [["rewrite", "--to", "https://h.test"], /does not say its model: give --model/],
    [
      ["rewrite", "--to", "https://h.test", "--model", "m"],
      /does not say its release: give --release/,
    ],
    [["rewrite", "--to", "https://h.test", "--model", "m", "--release", "1"], /not v and semver/],
  ] as const) {
    const { exit, err } = await manifest(...argv);
    expect([argv, exit]).toEqual([argv, 2]);
    expect(err).toMatch(message);
  }
});

test("check: a valid one in two lines, a broken one with exit 5 and the place", async () => {
  await manifest("create", "weights", "--base-url", "https://host.test");
  const { exit, out } = await manifest("check", "weights/manifest.json");
  expect(exit).toBe(0);
  expect(out).toMatch(/manifest\.json: valid, format 2\.0, 2 files, 11 B\nsha256 [0-9a-f]{64}\n$/);
  await writeFile(dir.join("twice.json"), `{ "weights": { "a": 1, "a": 2 } }`);
  const twice = await manifest("check", "twice.json");
  expect(twice.exit).toBe(5);
  expect(twice.err).toMatch(/^plimsoll: E_MANIFEST_PARSE .*twice\.json/);
  await writeFile(dir.join("up.json"), `{ "version": "1.0", "weights": { "../a": {} } }`);
  expect((await manifest("check", "up.json")).err).toMatch(/^plimsoll: E_PATH .*up\.json/);
  const absent = await manifest("check", "none.json");
  expect([absent.exit, absent.err]).toEqual([3, expect.stringMatching(/E_NOT_FOUND .*none\.json/)]);
});

test("M15: of a file that is no manifest no more is read than a manifest may have", async () => {
  await writeFile(dir.join("huge.json"), Buffer.alloc(5 * 1024 * 1024, " "));
  const { exit, err } = await manifest("check", "huge.json");
  expect(exit).toBe(5);
  expect(err).toMatch(/E_LIMIT/);
});

test("create --chunks writes an index beside large files and names it", async () => {
  await writeFile(dir.join("weights/large.npz"), Buffer.alloc(1_500_000, 1));
  expect((await manifest("create", "weights", "--chunks")).exit).toBe(0);
  const index = await readFile(dir.join("weights/large.npz.chunks"));
  const { weights } = await read();
  expect(weights["large.npz"]).toMatchObject({
    chunks: { url: "./large.npz.chunks", size: index.length },
  });
  expect(weights["a.pt"]).not.toHaveProperty("chunks");
  expect((await manifest("check", "weights/manifest.json")).exit).toBe(0);
});
