import { expect, test } from "@jest/globals";
import { mkdir, readdir, readFile, writeFile } from "node:fs/promises";
import { tempDir } from "@plimsoll/testing";
import { writeFileWhole } from "./write-file.ts";

test("makes folders, replaces what was there and leaves nothing else", async () => {
  await using dir = await tempDir();
  await writeFileWhole(dir.join("a/b/manifest.json"), Buffer.from("one"));
  await writeFileWhole(dir.join("a/b/manifest.json"), Buffer.from("two"));
  expect(await readFile(dir.join("a/b/manifest.json"), "utf8")).toBe("two");
  expect(await readdir(dir.join("a/b"))).toEqual(["manifest.json"]);
});

test("what cannot be put in place leaves no temporary file", async () => {
  await using dir = await tempDir();
  await mkdir(dir.join("manifest.json"));
  await writeFile(dir.join("manifest.json/x"), "");
  await expect(writeFileWhole(dir.join("manifest.json"), Buffer.from("x"))).rejects.toThrow();
  expect(await readdir(dir.path)).toEqual(["manifest.json"]);
});
