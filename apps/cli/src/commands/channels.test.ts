import { mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "@jest/globals";
import { tempDir, type TempDir } from "@plimsoll/testing";
import { fakeIo } from "../fake-io.ts";
import { main } from "../main.ts";

let dir: TempDir;
beforeEach(async () => {
  dir = await tempDir();
  await mkdir(dir.join("train/weights"), { recursive: true });
  await mkdir(dir.join("app"), { recursive: true });
});
afterEach(() => dir.remove());

/** One command line in `cwd`, with a cache and a user of the test's own. */
async function plimsoll(cwd: string, argv: readonly string[], env: Record<string, string> = {}) {
  const io = fakeIo({
    cwd: dir.join(cwd),
    env: { PLIMSOLL_CACHE_DIR: dir.join("cache"), USER: "ann", HOSTNAME: "desk", ...env },
  });
  const exit = await main(argv, io);
  return { exit, out: io.out(), err: io.err(), events: io.events };
}

async function publish(release: string, accuracy: number, ...more: readonly string[]) {
  await writeFile(dir.join("train/weights/net.onnx"), `${release} ${accuracy}`);
  await writeFile(dir.join("train/weights/metadata.json"), JSON.stringify({ accuracy }));
  const argv = ["publish", "weights", "--to", "../store", "--model", "net", "--release", release];
  const result = await plimsoll("train", [...argv, ...more]);
  expect([result.exit, result.err]).toEqual([0, expect.any(String)]);
  return result;
}

const production = ["--store", "../store", "--channel", "production"];
const promote = (named: string, ...more: readonly string[]) =>
  plimsoll("app", ["promote", named, ...production, ...more]);

test("promote, rollback and history: one guarded, reversible, recorded write each", async () => {
  await publish("v1.0.0", 0.9);
  await publish("v1.1.0", 0.8);
  expect((await promote("net@v1.0.0")).out).toMatch(
    /^production of net: nothing -> v1\.0\.0 \(move 1\)/,
  );
  const refused = await promote("net@v1.1.0", "--require", "accuracy>=0.9");
  expect(refused.exit).toBe(10);
  expect(refused.err).toMatch(
    /^plimsoll: E_GATE net@v1\.1\.0: .*accuracy>=0\.9 is required, it has 0\.8\n$/,
  );
  const worse = await promote("net@v1.1.0", "--not-worse-than", "production:accuracy");
  expect(worse.exit).toBe(10);
  expect(worse.err).toMatch(/accuracy 0\.8 is worse than 0\.9 of v1\.0\.0/);
  expect((await promote("net@v1.1.0", "--expect", "v0.9.0")).exit).toBe(10);
  const ci = {
    GITHUB_ACTOR: "bob",
    GITHUB_REPOSITORY: "o/r",
    GITHUB_RUN_ID: "7",
    GITHUB_SHA: "abc123",
  };
  const moved = await plimsoll(
    "app",
    ["promote", "net@v1.1.0", ...production, "--expect", "v1.0.0"],
    ci,
  );
  expect(moved.exit).toBe(0);
  const back = await plimsoll("app", ["rollback", "net", ...production]);
  expect(back.out).toBe("production of net: v1.1.0 -> v1.0.0 (move 3)\n");
  const { out } = await plimsoll("app", ["history", "net", "--store", "../store"]);
  expect(out).toMatch(/production +3 +v1\.0\.0 \(now\) +ann@desk/);
  expect(out).toMatch(
    /production +2 +v1\.1\.0 +bob https:\/\/github\.com\/o\/r\/actions\/runs\/7 commit abc123/,
  );
});

test("yank: sync refuses the version with the reason, exit 5, until the channel is rolled back", async () => {
  await publish("v1.0.0", 0.9, "--channel", "production");
  await publish("v1.1.0", 0.9, "--channel", "production");
  const yanked = await plimsoll("app", [
    ...["yank", "net@v1.1.0", "--store", "../store", "--reason", "labels swapped"],
  ]);
  expect(yanked.exit).toBe(0);
  expect(yanked.err).toMatch(
    /production still names it.*plimsoll rollback net --channel production/,
  );
  const sync = ["sync", "--store", "../store", "--model", "net", "--dir", "here"];
  for (const which of [
    ["--channel", "production"],
    ["--release", "v1.1.0"],
  ]) {
    const refused = await plimsoll("app", [...sync, ...which]);
    expect(refused.exit).toBe(5);
    expect(refused.err).toMatch(/^plimsoll: E_YANKED net@v1\.1\.0: withdrawn/);
  }
  expect((await promote("net@v1.1.0")).exit).toBe(10);
  expect((await plimsoll("app", ["versions", "net", "--store", "../store"])).out).toMatch(
    /^v1\.1\.0 +published, withdrawn/m,
  );
  expect((await plimsoll("app", ["rollback", "net", ...production])).exit).toBe(0);
  expect((await plimsoll("app", [...sync, "--channel", "production"])).exit).toBe(0);
});

/** Makes a key pair and an app that trusts it. */
async function withKey(env: Record<string, string> = {}) {
  const made = await plimsoll(
    "train",
    [
      "keys",
      "generate",
      "--out",
      "keys",
      ...(env["PLIMSOLL_SIGNING_PASSPHRASE"] ? [] : ["--no-passphrase"]),
    ],
    env,
  );
  expect([made.exit, made.err]).toEqual([0, ""]);
  const config = { keys: [{ id: "release", publicKey: "../train/keys/release.pub" }] };
  await writeFile(dir.join("app/plimsoll.config.json"), JSON.stringify(config));
  return made;
}

const syncStore = ["sync", "--store", "../store", "--model", "net", "--dir", "here"];

test("keys generate, publish --sign, sync and verify: an app with a key takes signed versions only", async () => {
  const env = { PLIMSOLL_SIGNING_PASSPHRASE: "correct horse" };
  await withKey(env);
  expect(await readFile(dir.join("train/keys/release.key"), "utf8")).toContain("ENCRYPTED");
  await publish("v1.0.0", 0.9);
  const unsigned = await plimsoll("app", syncStore);
  expect(unsigned.exit).toBe(5);
  expect(unsigned.err).toMatch(/^plimsoll: E_SIG .*no model\.sig/m);
  await expect(readFile(dir.join("app/here/net.onnx"))).rejects.toThrow("ENOENT");

  await writeFile(dir.join("train/weights/net.onnx"), "signed");
  const argv = ["publish", "weights", "--to", "../store", "--model", "net", "--release", "v1.1.0"];
  const key = ["--key", "keys/release.key", "--channel", "production"];
  expect(await plimsoll("train", [...argv, ...key], env)).toMatchObject({ exit: 0 });
  const follow = [...syncStore, "--channel", "production"];
  const { exit, err } = await plimsoll("app", follow);
  expect([exit, err]).toEqual([0, expect.stringMatching(/first look/)]);
  expect(await readFile(dir.join("app/here/net.onnx"), "utf8")).toBe("signed");
  const verified = await plimsoll("app", ["verify", "here/manifest.json"]);
  expect(verified.out).toMatch(/^signed by a trusted key/m);
  expect((await plimsoll("train", ["verify", "--key", "keys/release.pub"])).exit).toBe(0);
  await rm(dir.join("app/here/model.sig"));
  expect((await plimsoll("app", ["verify", "here/manifest.json"])).exit).toBe(5);

  const info = await plimsoll("app", ["info", "net@v1.1.0", "--store", "../store"]);
  expect(info.out).toMatch(/trust +level 1: signed by key release/);
  const plain = await plimsoll(".", ["info", "net@v1.0.0", "--store", "./store"]);
  expect(plain.out).toMatch(/trust +level 0: SHA-256 digests: .*not signed/);
});

test("sign: a version that was published without a signature gets one, and promote signs the channel", async () => {
  await withKey();
  await publish("v1.0.0", 0.9);
  const env = { PLIMSOLL_SIGNING_KEY: await readFile(dir.join("train/keys/release.key"), "utf8") };
  const gate = [...production, "--require-signature"];
  expect((await plimsoll("app", ["promote", "net@v1.0.0", ...gate], env)).exit).toBe(10);
  expect((await plimsoll("app", ["sign", "net@v1.0.0", "--store", "../store"], env)).exit).toBe(0);
  expect((await plimsoll("app", ["promote", "net@v1.0.0", ...gate], env)).exit).toBe(0);
  expect((await plimsoll("app", [...syncStore, "--channel", "production"])).exit).toBe(0);
  // Without the key nobody moves a signed channel.
  await publish("v1.1.0", 0.9);
  const keyless = await plimsoll(".", [
    ...["promote", "net@v1.1.0", "--store", "./store", "--channel", "production"],
  ]);
  expect([keyless.exit, keyless.err]).toEqual([
    5,
    expect.stringMatching(/E_SIG .*signing|private key/i),
  ]);
});

test("a rolled-back store is found out, and trust reset forgets what was seen", async () => {
  await withKey();
  const env = { PLIMSOLL_SIGNING_KEY: dir.join("train/keys/release.key") };
  const channel = ["--sign", "--channel", "production"];
  const argv = ["publish", "weights", "--to", "../store", "--model", "net", "--release"];
  const pointer = dir.join("store/models/net/channels/production.json");
  await writeFile(dir.join("train/weights/net.onnx"), "1");
  expect((await plimsoll("train", [...argv, "v1.0.0", ...channel], env)).exit).toBe(0);
  const old = await readFile(pointer);
  await writeFile(dir.join("train/weights/net.onnx"), "2");
  expect((await plimsoll("train", [...argv, "v1.1.0", ...channel], env)).exit).toBe(0);
  const follow = [...syncStore, "--channel", "production"];
  expect((await plimsoll("app", follow)).exit).toBe(0);
  await rm(pointer);
  await writeFile(pointer, old);
  const replayed = await plimsoll("app", follow);
  expect(replayed.exit).toBe(5);
  expect(replayed.err).toMatch(/^plimsoll: E_ROLLBACK .*move 1, but move 2 was seen before/m);
  expect(await readFile(join(dir.join("app"), "here/net.onnx"), "utf8")).toBe("2");
  expect((await plimsoll("app", ["trust", "reset", "--model", "net"])).out).toBe(
    "1 channel forgotten\n",
  );
  expect((await plimsoll("app", follow)).exit).toBe(0);
});

test("usage: what is missing is named, exit 2", async () => {
  for (const [argv, message] of [
    [["promote", "net@v1.0.0", "--store", "../store"], /--channel/],
    [["promote", "net", ...production], /which version/],
    [["promote", "net@v1.0.0", ...production, "--require", "good"], /accuracy>=0\.9/],
    [["yank", "net@v1.0.0", "--store", "../store"], /--reason/],
    [["sign", "net@v1.0.0", "--store", "../store"], /PLIMSOLL_SIGNING_KEY/],
    [["keys", "generate"], /passphrase/],
  ] as const) {
    await mkdir(dir.join("store"), { recursive: true });
    const { exit, err } = await plimsoll("app", argv);
    expect([argv, exit]).toEqual([argv, 2]);
    expect(err).toMatch(message);
  }
});
