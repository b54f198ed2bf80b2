import { spawnSync } from "node:child_process";
import {
  link,
  lstat,
  mkdir,
  readdir,
  readFile,
  stat,
  symlink,
  utimes,
  writeFile,
} from "node:fs/promises";
import { join } from "node:path";

import { afterAll, beforeEach, expect, test } from "@jest/globals";
import { tempDir, type TempDir } from "@plimsoll/testing";

import { bytesSource } from "../../bytes-source.ts";
import type { Driver } from "../../driver.ts";
import { openStore } from "../../open-store.ts";

const key = "models/m/v1.0.0/w.onnx";
const bytes = Buffer.from("the weights");
const write = (driver: Driver, at = key, onlyIfAbsent = false) =>
  driver.write(at, bytesSource(bytes, "weights"), { onlyIfAbsent });

let dir: TempDir;
let root: string;
let outside: string;
let driver: Driver;
const dirs: TempDir[] = [];

beforeEach(async () => {
  dir = await tempDir();
  dirs.push(dir);
  [root, outside] = [dir.join("store"), dir.join("outside")];
  await mkdir(join(root, "models/m/v1.0.0"), { recursive: true });
  await mkdir(outside);
  await writeFile(join(outside, "secret"), "do not touch");
  driver = await openStore(root);
});

afterAll(async () => {
  for (const { remove } of dirs) await remove();
});

async function keys(): Promise<string[]> {
  const found: string[] = [];
  for await (const entry of driver.list("")) found.push(entry.key);
  return found;
}

test("D9: a link in the way to a key is refused by every method, its target untouched", async () => {
  await symlink(outside, join(root, "models/m/latest"));
  const at = "models/m/latest/secret";
  const refused = { code: "E_PATH" };
  await expect(driver.stat(at)).rejects.toMatchObject(refused);
  await expect(driver.read(at)).rejects.toMatchObject(refused);
  await expect(write(driver, at)).rejects.toMatchObject(refused);
  await expect(driver.remove(at)).rejects.toMatchObject(refused);
  await expect(driver.swap?.(at, bytes, { expected: null })).rejects.toMatchObject(refused);
  await expect(driver.copy?.(at, "a/b")).rejects.toMatchObject(refused);
  expect(await readdir(outside)).toEqual(["secret"]);
  expect(await readFile(join(outside, "secret"), "utf8")).toBe("do not touch");
  expect(await keys()).toEqual([]);
});

test("D9: a link under a key is neither read nor listed; a write takes its place, not its target", async () => {
  await symlink(join(outside, "secret"), join(root, key));
  await expect(driver.stat(key)).rejects.toMatchObject({ code: "E_PATH" });
  await expect(driver.read(key)).rejects.toMatchObject({ code: "E_PATH" });
  expect(await keys()).toEqual([]);
  await write(driver);
  expect((await lstat(join(root, key))).isFile()).toBe(true);
  expect(await readFile(join(outside, "secret"), "utf8")).toBe("do not touch");
});

test("D9: a link that leads nowhere does not become a file somewhere else", async () => {
  await symlink(join(outside, "new"), join(root, key));
  await expect(write(driver, key, true)).rejects.toMatchObject({ code: "E_PATH" });
  expect(await readdir(outside)).toEqual(["secret"]);
});

const onUnix = process.platform === "win32" ? test.skip : test;

onUnix("D9: a FIFO under a key is refused without waiting for its writer", async () => {
  expect(spawnSync("mkfifo", [join(root, key)]).status).toBe(0);
  await expect(driver.stat(key)).rejects.toMatchObject({ code: "E_PATH" });
  await expect(driver.read(key)).rejects.toMatchObject({ code: "E_PATH" });
  expect(await keys()).toEqual([]);
});

test("D9: a second name of a file elsewhere is replaced, its content stays", async () => {
  await link(join(outside, "secret"), join(root, key));
  await write(driver);
  expect(await readFile(join(root, key))).toEqual(bytes);
  expect(await readFile(join(outside, "secret"), "utf8")).toBe("do not touch");
});

test("the store's own folder may be a link", async () => {
  await symlink(root, dir.join("link"));
  await write(await openStore(dir.join("link")));
  expect(await readFile(join(root, key))).toEqual(bytes);
});

test("M7: an object and objects below it cannot both be; the refusal says so", async () => {
  await write(driver);
  await expect(write(driver, `${key}/x`)).rejects.toMatchObject({ code: "E_CONFLICT" });
  for (const onlyIfAbsent of [true, false]) {
    await expect(write(driver, "models/m", onlyIfAbsent)).rejects.toMatchObject({
      code: "E_CONFLICT",
    });
  }
  expect(await driver.stat("models/m")).toBeUndefined();
  expect(await keys()).toEqual([key]);
});

test("what is no key is not listed: hidden files, names with spaces, locks, temporary files", async () => {
  const folder = join(root, "models/m/v1.0.0");
  for (const name of [".DS_Store", "my model.pt", ".w.onnx.lock", "con", "ends.", "é.pt"]) {
    await writeFile(join(folder, name), "x");
  }
  await write(driver);
  expect(await keys()).toEqual([key]);
});

test("I3: a dead writer's file and an old one are cleaned by the next write, a living one's is not", async () => {
  const folder = join(root, "models/m/v1.0.0");
  const gone = spawnSync(process.execPath, ["-e", ""]).pid;
  const { writerId } = await import("./writer-id.ts");
  const [machine] = writerId.split("-");
  const temp = (writer: string) => join(folder, `.w.onnx.${writer}-0123456789ab.part`);
  const dead = temp(`${machine}-${gone}`);
  const alive = temp(writerId);
  const foreign = temp("ffffffffffff-1");
  const old = temp("ffffffffffff-2");
  for (const path of [dead, alive, foreign, old]) await writeFile(path, "half");
  const twoDaysAgo = Date.now() / 1000 - 2 * 86_400;
  await utimes(old, twoDaysAgo, twoDaysAgo);
  const found: string[] = [];
  for await (const upload of driver.multipart?.unfinished("models/") ?? []) found.push(upload.key);
  expect(found).toEqual([key, key, key, key]);
  await write(driver);
  const left = (await readdir(folder)).sort();
  expect(left.map((name) => join(folder, name)).sort()).toEqual(
    [alive, foreign, join(root, key)].sort(),
  );
});

test("modes follow the umask, of a copy too", async () => {
  const before = process.umask(0o027);
  try {
    await write(driver);
    await driver.copy?.(key, "b/c");
    for (const at of [key, "b/c"]) expect((await stat(join(root, at))).mode & 0o777).toBe(0o640);
    expect((await stat(join(root, "b"))).mode & 0o777).toBe(0o750);
  } finally {
    process.umask(before);
  }
});
