import { mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterEach, beforeEach, expect, jest, test } from "@jest/globals";
import { tempDir, type TempDir } from "@plimsoll/testing";
import { fakeIo } from "../fake-io.ts";
import { main } from "../main.ts";

// The first sync loads the rooms, which takes its time where many tests run at once.
jest.setTimeout(60_000);

let dir: TempDir;
beforeEach(async () => {
  dir = await tempDir();
  await mkdir(dir.join("app/weights"), { recursive: true });
  await writeFile(dir.join("app/weights/net.onnx"), Buffer.alloc(300_000, 1));
  await writeFile(dir.join("app/weights/labels.json"), `["cat", "dog"]`);
});
afterEach(() => dir.remove());

/** One command line in `cwd`, with a cache of the test's own. */
async function plimsoll(cwd: string, argv: readonly string[], env: Record<string, string> = {}) {
  const io = fakeIo({ cwd: dir.join(cwd), env: { PLIMSOLL_CACHE_DIR: dir.join("cache"), ...env } });
  const exit = await main(argv, io);
  return { exit, out: io.out(), err: io.err(), events: io.events };
}

/** Publishes v1.0.0 of `app/weights` to a folder store. */
const publish = (...more: readonly string[]) =>
  plimsoll("app", [
    "publish",
    "weights",
    "--to",
    "../store",
    "--model",
    "net",
    "--release",
    "v1.0.0",
    ...more,
  ]);

test("publish says what it did: files, sizes, URLs, the store and the next command", async () => {
  const { exit, out, err } = await publish();
  expect(err).toMatch(/net\.onnx to .*: uploaded and read back/);
  expect(exit).toBe(0);
  expect(out).toMatch(/^net v1\.0\.0: 2 files, 293 KB$/m);
  expect(out).toMatch(
    /^ {2}net\.onnx +293 KB {2}[0-9a-f]{12} {2}file:\/\/.*models\/net\/v1\.0\.0\/net\.onnx$/m,
  );
  expect(out).toMatch(/store: published, 293 KB in /);
  expect(out).toMatch(/plimsoll sync .*weights\/manifest\.json$/m);
});

test("the same again is already published; other bytes are refused with exit 9", async () => {
  await publish();
  const again = await publish();
  expect(again.exit).toBe(0);
  expect(again.out).toMatch(/already published, the same bytes/);
  await writeFile(dir.join("app/weights/net.onnx"), "other");
  const other = await publish();
  expect(other.exit).toBe(9);
  expect(other.err).toMatch(/^plimsoll: E_EXISTS [^\n]*v1\.0\.0[^\n]*\n$/m);
});

test("a dry run shows the plan and writes nothing", async () => {
  const { exit, out } = await publish("--dry-run");
  expect(exit).toBe(0);
  expect(out).toMatch(
    /would upload 2 of 2 files, 293 KB of 293 KB, in 2 parts; \d+ write requests/,
  );
  expect(out).toMatch(/Nothing was written/);
  expect((await plimsoll(".", ["models", "--store", "./store"])).out).toMatch(/no models/);
  await expect(readFile(dir.join("app/weights/manifest.json"))).rejects.toThrow();
});

test("an app elsewhere gets exactly those bytes, and a second sync finds them in place", async () => {
  await publish();
  await mkdir(dir.join("other/weights"), { recursive: true });
  const manifest = await readFile(dir.join("app/weights/manifest.json"));
  await writeFile(dir.join("other/weights/manifest.json"), manifest);
  await rm(dir.join("cache"), { recursive: true, force: true });
  const first = await plimsoll("other", ["sync"]);
  expect(first.err).toMatch(/^net\.onnx: fetched 293 KB in /m);
  expect(first.exit).toBe(0);
  expect(first.out).toMatch(/^2 files, 293 KB: 2 fetched \(293 KB in .*\)\n$/);
  expect(await readFile(dir.join("other/weights/net.onnx"))).toEqual(Buffer.alloc(300_000, 1));
  const second = await plimsoll("other", ["sync"]);
  expect(second).toMatchObject({ exit: 0, out: "2 files, 293 KB: 2 unchanged\n", err: "" });
});

test("a damaged file: verify says so with exit 5, sync repairs it", async () => {
  await publish();
  const path = dir.join("app/weights/net.onnx");
  await rm(path);
  await writeFile(path, Buffer.alloc(300_000, 2));
  const verified = await plimsoll("app", ["verify"]);
  expect(verified.exit).toBe(5);
  expect(verified.out).toMatch(/^damaged +net\.onnx/m);
  expect(verified.err).toMatch(/^plimsoll: E_DIGEST net\.onnx: .* expected, .*sync[^\n]*\n$/);
  expect((await plimsoll("app", ["sync"])).exit).toBe(0);
  const after = await plimsoll("app", ["verify", "--full"]);
  expect(after).toMatchObject({ exit: 0, err: "" });
  expect(after.out).toMatch(/2 files: 2 ok, 2 hashed/);
});

test("a missing file: verify exits 3", async () => {
  await publish();
  await rm(dir.join("app/weights/labels.json"));
  const { exit, err } = await plimsoll("app", ["verify"]);
  expect(exit).toBe(3);
  expect(err).toMatch(/^plimsoll: E_NOT_FOUND labels\.json: not here/);
});

test("models, versions and info of a store", async () => {
  await publish("--channel", "production");
  const store = dir.join("store");
  expect((await plimsoll(".", ["models", "--store", store])).out).toBe(
    "MODEL  VERSIONS  NEWEST\nnet           1  v1.0.0\n",
  );
  expect((await plimsoll(".", ["versions", "net", "--store", store])).out).toMatch(
    /^v1\.0\.0 +published/m,
  );
  const { out, exit } = await plimsoll(".", [
    "info",
    "net",
    "--channel",
    "production",
    "--store",
    store,
  ]);
  expect(exit).toBe(0);
  expect(out).toMatch(/^net v1\.0\.0$/m);
  expect(out).toMatch(/channel +production \(move 1\)/);
  expect(out).toMatch(/net\.onnx +293 KB/);
  const wrong = await plimsoll(".", ["info", "net@v9.0.0", "--store", store]);
  expect(wrong.exit).toBe(3);
  expect(wrong.err).toMatch(/E_NOT_FOUND .*v1\.0\.0/);
  expect((await plimsoll(".", ["versions", "nets", "--store", store])).exit).toBe(3);
});

test("sync straight from a store, by channel", async () => {
  await publish("--channel", "production");
  const argv = [
    "sync",
    "--store",
    "../store",
    "--model",
    "net",
    "--channel",
    "production",
    "--dir",
    "here",
  ];
  const { exit } = await plimsoll("app", argv);
  expect(exit).toBe(0);
  expect(await readFile(dir.join("app/here/labels.json"), "utf8")).toBe(`["cat", "dog"]`);
});

test("stores, folder and model from the config", async () => {
  const config = {
    stores: { main: "./store" },
    publish: { from: "app/weights", to: ["main"], model: "net" },
  };
  await writeFile(dir.join("plimsoll.config.json"), JSON.stringify(config));
  const { exit } = await plimsoll("app", [
    "publish",
    "--release",
    "v1.0.0",
    "--config",
    "../plimsoll.config.json",
  ]);
  expect(exit).toBe(0);
  expect((await plimsoll(".", ["models"])).out).toMatch(/^net +1 +v1\.0\.0$/m);
});

test("SKIP_WEIGHT_SYNC=1: one line and exit 0, even without a manifest", async () => {
  const { exit, out, err } = await plimsoll(".", ["sync"], { SKIP_WEIGHT_SYNC: "1" });
  expect([exit, err]).toEqual([0, ""]);
  expect(out).toBe("SKIP_WEIGHT_SYNC is set: nothing was synced\n");
});

test("no manifest: exit 3 with what to do", async () => {
  const { exit, err } = await plimsoll(".", ["sync"]);
  expect(exit).toBe(3);
  expect(err).toMatch(/^plimsoll: E_NOT_FOUND .*manifest\.json: no manifest here: .*--store/);
});

test("nothing named to publish, nowhere, or as no version: exit 2 and the flag that is missing", async () => {
  const errors = [
    [["publish", "weights", "--to", "../store"], /--release v1\.0\.0/],
    [["publish", "--to", "../store", "--release", "v1.0.0"], /publish what\?/],
    [["publish", "weights", "--release", "v1.0.0"], /publish where\? Give --to/],
    [["publish", "weights", "--to", "sotre", "--release", "v1.0.0"], /no store named "sotre"/],
    [["publish", "weights", "--to", "../store", "--release", "1.0"], /v1\.0\.0/],
  ] as const;
  for (const [argv, message] of errors) {
    const { exit, err } = await plimsoll("app", argv);
    expect([argv, exit]).toEqual([argv, 2]);
    expect(err).toMatch(message);
  }
});

test("--json: every line of every command is an event, the last a result, and stderr is empty", async () => {
  const lines = [
    ["publish", "weights", "--to", "../store", "--model", "net", "--release", "v1.0.0"],
    ["sync"],
    ["verify"],
    ["models", "--store", "../store"],
    ["versions", "net", "--store", "../store"],
    ["info", "net", "--store", "../store"],
    ["manifest", "check"],
    ["manifest", "create", "weights"],
    ["cache", "status"],
    ["cache", "verify"],
    ["cache", "clear"],
    ["doctor", "../store", "--write"],
  ];
  for (const argv of lines) {
    const { exit, err, events } = await plimsoll("app", [...argv, "--json"]);
    expect([argv, exit, err]).toEqual([argv, 0, ""]);
    const told = events();
    expect(told.at(-1)).toMatchObject({ type: "result" });
    expect(told.every(({ type }) => typeof type === "string")).toBe(true);
  }
});

test("one of two stores fails: the other is published, and the exit is that of the failure", async () => {
  await writeFile(dir.join("blocked"), "a file, not a folder");
  const { exit, out, err } = await publish("--to", join("..", "blocked"));
  expect(out).toMatch(/store: published/);
  expect(exit).toBeGreaterThan(2);
  expect(err).toMatch(/^plimsoll: E_[A-Z_]+ .*blocked/m);
});
