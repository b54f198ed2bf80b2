import { execFileSync } from "node:child_process";
import { mkdir, readFile, symlink, writeFile } from "node:fs/promises";
import { expect, test } from "@jest/globals";
import { tempDir, type TempDir } from "@plimsoll/testing";
import { AppendLog } from "./append-log.ts";

function logIn(dir: TempDir, writable = true): AppendLog {
  let count = 0;
  return new AppendLog({
    path: dir.join("log"),
    temporary: () => dir.join(`tmp-${(count += 1)}`),
    writable: async () => writable,
    header: "header",
  });
}

const lines = (all: readonly string[]): string[] => all.filter((line) => line !== "");

test("lines of the same moment and of later ones are all there, the header once", async () => {
  await using dir = await tempDir();
  const log = logIn(dir);
  await Promise.all(["a", "b", "c"].map((line) => log.append(line)));
  await log.append("d");
  expect(lines(await log.read())).toEqual(["header", "a", "b", "c", "d"]);
});

test("a torn line does not swallow the next", async () => {
  await using dir = await tempDir();
  await writeFile(dir.join("log"), "header\nwhole\nto");
  const log = logIn(dir);
  await log.append("next");
  expect(lines(await log.read())).toEqual(["header", "whole", "to", "next"]);
});

test("own lines are no change, those of another process are", async () => {
  await using dir = await tempDir();
  const ours = logIn(dir);
  const theirs = logIn(dir);
  await ours.append("a");
  expect(await ours.changed()).toBe(false);
  await ours.append("b");
  expect(await ours.changed()).toBe(false);
  await theirs.append("c");
  expect(await ours.changed()).toBe(true);
  await ours.append("d");
  expect(await ours.changed()).toBe(true);
  expect(lines(await ours.read())).toEqual(["header", "a", "b", "c", "d"]);
  expect(await ours.changed()).toBe(false);
});

test("replacing keeps the header and leaves no temporary file", async () => {
  await using dir = await tempDir();
  const log = logIn(dir);
  await log.append("a");
  await log.replace(["x", "y"]);
  expect(await readFile(dir.join("log"), "utf8")).toBe("header\nx\ny\n");
  expect(execFileSync("ls", [dir.path]).toString()).toBe("log\n");
});

test("where nothing may be written nothing is, and nobody fails", async () => {
  await using dir = await tempDir();
  const log = logIn(dir, false);
  await log.append("a");
  await log.replace(["b"]);
  expect(await log.read()).toEqual([]);
});

test.each([
  ["folder", (path: string) => mkdir(path)],
  ["named pipe", async (path: string) => void execFileSync("mkfifo", [path])],
])("D9: a %s in its place is not read and stops nobody", async (_, plant) => {
  await using dir = await tempDir();
  await plant(dir.join("log"));
  const log = logIn(dir);
  expect(await log.read()).toEqual([]);
  await log.append("a");
});

test("D9: a symbolic link in its place is replaced, its target untouched", async () => {
  await using dir = await tempDir();
  await writeFile(dir.join("target"), "mine");
  await symlink(dir.join("target"), dir.join("log"));
  const log = logIn(dir);
  expect(await log.read()).toEqual([]);
  await log.append("a");
  expect(await readFile(dir.join("target"), "utf8")).toBe("mine");
  expect(lines(await log.read())).toEqual(["header", "a"]);
});
