import { execFile } from "node:child_process";
import { mkdir, rm, writeFile } from "node:fs/promises";
import { promisify } from "node:util";
import { afterEach, beforeEach, expect, test } from "@jest/globals";
import { fakeS3, type FakeS3, tempDir, type TempDir } from "@plimsoll/testing";
import { fakeIo } from "../fake-io.ts";
import { main } from "../main.ts";

const run = promisify(execFile);
let dir: TempDir;
let server: FakeS3;
beforeEach(async () => {
  dir = await tempDir();
  server = await fakeS3({ publicBuckets: ["public"] });
  await mkdir(dir.join("weights"));
  await writeFile(dir.join("weights/net.onnx"), "the weights");
  await git("init", "-q");
});
afterEach(async () => {
  await server.close();
  await dir.remove();
});

const git = (...args: string[]) =>
  run("git", ["-c", "user.name=t", "-c", "user.email=t@t", ...args], { cwd: dir.path });

async function plimsoll(argv: readonly string[], more: Record<string, string> = {}) {
  const env = {
    PLIMSOLL_CACHE_DIR: dir.join("cache"),
    S3_ACCESS_KEY: server.accessKey,
    S3_SECRET_KEY: server.secretKey,
    ...more,
  };
  const io = fakeIo({ cwd: dir.path, env });
  const exit = await main(argv, io);
  return { exit, out: io.out(), err: io.err() };
}

async function publish(bucket: string): Promise<void> {
  const to = `s3://${bucket}?endpoint=${server.endpoint}&conditional=1&checksum=crc32`;
  const argv = ["publish", "weights", "--to", to, "--model", "net", "--release", "v1.0.0"];
  expect(await plimsoll(argv)).toMatchObject({ exit: 0 });
}

test("--deploy: everything in order is exit 0", async () => {
  await publish("public");
  await git("add", "weights/manifest.json");
  await git("commit", "-qm", "weights");
  const { exit, out } = await plimsoll(["doctor", "--deploy"]);
  expect(out).toMatch(/^ok +manifest: .*1 file, 11 B$/m);
  expect(out).toMatch(/^ok +manifest: git: committed as [0-9a-f]+ /m);
  expect(out).toMatch(/^ok +environment: /m);
  expect(out).toMatch(/^ok +disk: .* free, the weights need 11 B$/m);
  expect(out).toMatch(/^ok +url: net\.onnx: anyone can read it, 11 B$/m);
  expect([exit, out]).toEqual([0, expect.stringMatching(/Nothing is broken\.\n$/)]);
});

test("--deploy: every fault is named with its fix, and the exit says that something is broken", async () => {
  await publish("weights");
  const { exit, out, err } = await plimsoll(["doctor", "--deploy"], {
    ADMIN_TOKEN: "your_token_here",
  });
  expect(out).toMatch(
    /^BROKEN +manifest: git: weights\/manifest\.json is not committed$|^BROKEN +manifest: git: .*not committed$/m,
  );
  expect(out).toMatch(/^BROKEN +environment: ADMIN_TOKEN: /m);
  // The bucket is private, and no header is configured: sync reads it by the mirror, the bucket's own URL.
  expect(out).toMatch(/^warning url: net\.onnx: E_AUTH .*sync takes net\.onnx: mirror 1 instead/m);
  expect(exit).toBeGreaterThan(1);
  expect(err).toMatch(/^plimsoll: E_[A-Z_]+ doctor: [^\n]*\n$/);
});

test("a changed manifest is not the one that gets deployed, an ignored one is none", async () => {
  await publish("public");
  const state = async () => (await plimsoll(["doctor", "--deploy"])).out;
  await writeFile(dir.join(".gitignore"), "weights/\n");
  expect(await state()).toMatch(/^BROKEN +manifest: git: .*ignored by Git$/m);
  await git("add", "-f", "weights/manifest.json");
  await git("commit", "-qm", "weights");
  expect(await state()).toMatch(/^ok +manifest: git: /m);
  await writeFile(dir.join("weights/net.onnx"), "other weights");
  await rm(dir.join("weights/manifest.json"));
  await plimsoll(["manifest", "create", "weights"]);
  expect(await state()).toMatch(/^BROKEN +manifest: git: .*changes that are not committed$/m);
});

test("no manifest at all: exit 3, and how to get one", async () => {
  const { exit, out } = await plimsoll(["doctor", "--deploy"]);
  expect(exit).toBe(3);
  expect(out).toMatch(/^ {8}fix: plimsoll publish writes it/m);
});

test("--manifest asks only for the URLs; --origin needs it", async () => {
  await publish("public");
  const found = await plimsoll(["doctor", "--manifest", "weights/manifest.json"]);
  expect(found.exit).toBe(0);
  expect(found.out).not.toMatch(/git|environment/);
  const page = await plimsoll([
    "doctor",
    "--manifest",
    "weights/manifest.json",
    "--origin",
    "https://app.test",
  ]);
  expect(page.exit).toBe(4);
  expect(page.out).toMatch(/^BROKEN +CORS: net\.onnx: /m);
  expect((await plimsoll(["doctor", "--origin", "https://app.test"])).exit).toBe(2);
  expect((await plimsoll(["doctor", "--deploy", "--origin", "app.test/x"])).exit).toBe(2);
});

test("S4: uploads that nobody ended are told of a store", async () => {
  const store = `s3://weights?endpoint=${server.endpoint}&conditional=1`;
  const { out } = await plimsoll(["doctor", store]);
  expect(out).toMatch(/^ok +store: unfinished uploads: none/m);
});
