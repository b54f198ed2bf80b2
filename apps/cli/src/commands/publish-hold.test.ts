import { mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { afterEach, beforeEach, expect, jest, test } from "@jest/globals";
import { tempDir, type TempDir } from "@plimsoll/testing";
import { childCli } from "../child-cli.ts";
import { fakeIo } from "../fake-io.ts";
import { main } from "../main.ts";

// Starting processes takes its time where many tests run at once.
jest.setTimeout(60_000);

let dir: TempDir;
beforeEach(async () => {
  dir = await tempDir();
  await mkdir(dir.join("weights"));
  await writeFile(dir.join("weights/net.onnx"), "the weights");
});
afterEach(() => dir.remove());

async function plimsoll(...argv: readonly string[]) {
  const env = { PLIMSOLL_CACHE_DIR: dir.join("cache") };
  const io = fakeIo({ cwd: dir.path, env });
  const exit = await main(argv, io);
  return { exit, out: io.out(), err: io.err(), events: io.events };
}

const release = ["--model", "net", "--release", "v1.0.0"] as const;
const hold = (...more: readonly string[]) =>
  plimsoll("publish", "weights", "--to", "./store", ...release, "--hold", ...more);
const finish = (...more: readonly string[]) =>
  plimsoll("publish", "--finish", "v1.0.0", "--to", "./store", ...more);
const versions = () => plimsoll("versions", "net", "--store", "./store");

test("held is uploaded and not listed; finish lists it and moves the channel; twice is fine", async () => {
  const held = await hold();
  expect(held.exit).toBe(0);
  expect(held.out).toMatch(/store: uploaded, held back$/m);
  expect(held.out).toMatch(/^ {2}plimsoll publish --finish v1\.0\.0 --to .*store --manifest .*$/m);
  expect(held.out).not.toMatch(/plimsoll sync/);
  expect(await readFile(dir.join("store/models/net/v1.0.0/net.onnx"), "utf8")).toBe("the weights");
  expect((await versions()).out).not.toMatch(/^v1\.0\.0 +published/m);

  // What a release chain hands on is the manifest alone.
  await rm(dir.join("weights/net.onnx"));
  const finished = await finish("--channel", "production");
  expect([finished.exit, finished.out]).toEqual([
    0,
    expect.stringMatching(/^net v1\.0\.0: 1 file[^]*store: published/),
  ]);
  expect((await versions()).out).toMatch(/^v1\.0\.0 +published/m);
  const info = await plimsoll("info", "net", "--channel", "production", "--store", "./store");
  expect(info.out).toMatch(/^net v1\.0\.0$/m);
  const again = await finish("--model", "net", "--channel", "production");
  expect([again.exit, again.out]).toEqual([0, expect.stringMatching(/already published/)]);
});

test("--json: outcomes of hold and finish", async () => {
  const held = (await hold("--json")).events();
  expect(held.map(({ type }) => type)).toContain("held");
  expect(held.at(-1)).toMatchObject({ type: "result", stores: [{ outcome: "held" }] });
  const finished = (await finish("--json")).events();
  expect(finished.map(({ type }) => type)).toContain("visible");
  expect(finished.at(-1)).toMatchObject({
    type: "result",
    command: "publish",
    release: "v1.0.0",
    stores: [{ outcome: "published" }],
  });
});

test("a version, a model or a manifest that nobody held is not found: exit 3 with the way", async () => {
  await hold();
  const cases = [
    ["--finish", "v9.0.0"],
    ["--finish", "v1.0.0", "--model", "other"],
    ["--finish", "v1.0.0", "--manifest", "gone.json"],
    ["--finish", "v1.0.0", "--to", "./empty"],
  ];
  for (const argv of cases) {
    const to = argv.includes("--to") ? [] : ["--to", "./store"];
    const { exit, err } = await plimsoll("publish", ...argv, ...to);
    expect([argv, exit]).toEqual([argv, 3]);
    expect(err).toMatch(/^plimsoll: E_NOT_FOUND [^\n]+\n$/);
  }
  expect((await versions()).out).not.toMatch(/published/);
});

test("another version took its place: exit 9, and that one stands", async () => {
  await hold();
  await rm(dir.join("store"), { recursive: true });
  await mkdir(dir.join("other"));
  await writeFile(dir.join("other/net.onnx"), "other weights");
  await plimsoll("publish", "other", "--to", "./store", ...release);
  const { exit, err } = await finish();
  expect(exit).toBe(9);
  expect(err).toMatch(/^plimsoll: E_EXISTS [^\n]*net\.onnx has other bytes[^\n]*\n$/);
  expect(await readFile(dir.join("store/models/net/v1.0.0/net.onnx"), "utf8")).toBe(
    "other weights",
  );
});

test("held files that were changed in the store are not shown: exit 5", async () => {
  await hold();
  await writeFile(dir.join("store/models/net/v1.0.0/net.onnx"), "THE weights");
  const { exit, err } = await finish();
  expect([exit, err]).toEqual([5, expect.stringMatching(/^plimsoll: E_DIGEST net\.onnx/)]);
  expect((await versions()).out).not.toMatch(/published/);
});

test.each([
  [["weights", ...release, "--hold", "--channel", "staging"], /--channel to --finish/],
  [["weights", ...release, "--hold", "--no-manifest"], /--no-manifest/],
  [["weights", ...release, "--hold", "--mirror-latest"], /--mirror-latest/],
  [["--finish", "v1.0.0", "--release", "v1.0.0"], /takes no --release/],
  [["--finish", "v1.0.0", "--dry-run"], /takes no --dry-run/],
  [["a", "b", "--finish", "v1.0.0"], /takes one folder/],
])("%j is a matter of usage", async (argv, message) => {
  const { exit, err } = await plimsoll("publish", ...argv, "--to", "./store");
  expect([exit, err]).toEqual([2, expect.stringMatching(message)]);
});

test("as a process: hold, then finish, from the config's folder and store", async () => {
  const config = { stores: { main: "./store" }, publish: { from: "weights", to: ["main"] } };
  await writeFile(dir.join("plimsoll.config.json"), JSON.stringify(config));
  const options = { cwd: dir.path, env: { PLIMSOLL_CACHE_DIR: dir.join("cache") } };
  const held = await childCli(["publish", ...release, "--hold"], options);
  expect([held.exit, held.out]).toEqual([0, expect.stringMatching(/held back/)]);
  const finished = await childCli(["publish", "--finish", "v1.0.0"], options);
  expect([finished.exit, finished.err]).toEqual([0, ""]);
  expect((await childCli(["publish", "--finish", "v2.0.0"], options)).exit).toBe(3);
});
