import { createCipheriv } from "node:crypto";
import { mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { afterEach, beforeEach, expect, test } from "@jest/globals";
import { tempDir, type TempDir } from "@plimsoll/testing";
import { fakeIo } from "../fake-io.ts";
import { main } from "../main.ts";

const MIB = 1_048_576;
const bytes = createCipheriv("aes-128-ctr", Buffer.alloc(16, 3), Buffer.alloc(16)).update(
  Buffer.alloc(6 * MIB),
);

let dir: TempDir;
beforeEach(async () => {
  dir = await tempDir();
  await mkdir(dir.join("weights"));
  await writeFile(dir.join("weights/cnn.onnx"), bytes);
});
afterEach(() => dir.remove());

async function plimsoll(...argv: readonly string[]) {
  const io = fakeIo({ cwd: dir.path, env: { PLIMSOLL_CACHE_DIR: dir.join("cache") } });
  const exit = await main(argv, io);
  return { exit, out: io.out(), err: io.err(), events: io.events };
}

const publish = async (release: string) =>
  await plimsoll("publish", "weights", "--to", "./store", "--release", release, "--model", "cnn");

async function change(): Promise<void> {
  const changed = Buffer.from(bytes);
  changed.write("another ending", 5 * MIB);
  await writeFile(dir.join("weights/cnn.onnx"), changed);
}

test("publish says what an update costs, and diff says the same of two versions", async () => {
  expect((await publish("v1.0.0")).exit).toBe(0);
  await change();
  const second = await publish("v2.0.0");
  const cost = /Since v1\.0\.0: (\d\d % of bytes shared, update .* of 6\.0 MB)/.exec(second.out);
  expect(cost).not.toBeNull();
  const diff = await plimsoll("diff", "cnn@v1.0.0", "cnn@v2.0.0", "--store", "./store");
  expect([diff.exit, diff.err]).toEqual([0, ""]);
  expect(diff.out).toContain(cost?.[1]);
  expect(diff.out).toMatch(/cnn\.onnx +changed/);
  const bare = await plimsoll("diff", "v1.0.0", "v2.0.0", "--store", "./store");
  expect(bare.exit).toBe(2);
  const same = ["diff", "v1.0.0", "v1.0.0", "--model", "cnn", "--store", "./store"];
  expect((await plimsoll(...same)).out).toMatch(/^100 % of bytes shared, update 0 B/);
});

test("diff of two files needs no store", async () => {
  await writeFile(dir.join("old.onnx"), bytes);
  await change();
  const { events, exit } = await plimsoll("diff", "old.onnx", "weights/cnn.onnx", "--json");
  expect(exit).toBe(0);
  expect(events()[0]).toMatchObject({ type: "result", command: "diff", bytes: 6 * MIB });
});

test("repair mends a damaged file by its chunks, and says when there is nothing to do", async () => {
  await publish("v1.0.0");
  const path = dir.join("weights/cnn.onnx");
  expect((await plimsoll("repair")).out).toBe("1 file: nothing to repair\n");
  const damaged = Buffer.from(bytes);
  damaged.write("flip", 3 * MIB);
  await rm(path);
  await writeFile(path, damaged);
  const { out, exit } = await plimsoll("repair");
  expect(exit).toBe(0);
  expect(out).toMatch(/^cnn\.onnx: repaired with .*KB|MB.* of the damaged copies kept\n/);
  expect((await readFile(path)).equals(bytes)).toBe(true);
});

test("a rate is understood or refused before anything is done", async () => {
  await publish("v1.0.0");
  expect((await plimsoll("sync", "--max-rate", "fast")).exit).toBe(2);
  expect((await plimsoll("sync", "--max-rate", "50MB")).exit).toBe(0);
});

test("cache gc keeps to a budget, and says what a dry run would remove", async () => {
  await publish("v1.0.0");
  await plimsoll("sync", "./store", "--model", "cnn", "--dir", "app");
  await rm(dir.join("app"), { recursive: true });
  const dry = await plimsoll("cache", "gc", "--budget", "1MB", "--dry-run", "--json");
  expect(dry.events()[0]).toMatchObject({ command: "cache gc", dryRun: true, overBytes: 5 * MIB });
  expect((await plimsoll("cache", "gc", "--budget", "lots")).exit).toBe(2);
  expect((await plimsoll("cache", "gc")).out).toMatch(/^0 files removed, 0 B; 6\.0 MB stay/);
});
