import { expect, test } from "@jest/globals";
import { tempDir } from "@plimsoll/testing";
import { execFileSync } from "node:child_process";
import { link, mkdir, readFile, symlink, writeFile } from "node:fs/promises";
import { existsSync } from "node:fs";
import { PartialFile } from "./partial-file.ts";

test("blocks land at their offsets and the file appears by rename", async () => {
  await using dir = await tempDir();
  const partial = await PartialFile.open(dir.join("new", "a.partial"));
  await partial.write(Buffer.from("world"), 5);
  await partial.write(Buffer.from("hello"), 0);
  await partial.publish(dir.join("new", "a"));
  expect(await readFile(dir.join("new", "a"), "utf8")).toBe("helloworld");
  expect(existsSync(partial.path)).toBe(false);
});

test("an earlier partial file is opened with its bytes and can be removed twice", async () => {
  await using dir = await tempDir();
  await writeFile(dir.join("a.partial"), "12345");
  const partial = await PartialFile.open(dir.join("a.partial"));
  expect(partial.earlierBytes).toBe(5);
  await partial.truncate(2);
  expect(await readFile(dir.join("a.partial"), "utf8")).toBe("12");
  await partial.remove();
  await partial.remove();
  expect(existsSync(partial.path)).toBe(false);
});

test("D9: a link, a second name, a pipe and a folder in the way are refused and stay as they were", async () => {
  await using dir = await tempDir();
  await writeFile(dir.join("victim"), "precious");
  await symlink(dir.join("victim"), dir.join("symlink"));
  await link(dir.join("victim"), dir.join("hardlink"));
  await mkdir(dir.join("folder"));
  execFileSync("mkfifo", [dir.join("pipe")]);
  const plants = {
    symlink: "symbolic link",
    hardlink: "hard link",
    folder: "folder",
    pipe: "regular",
  };
  for (const [name, reason] of Object.entries(plants)) {
    await expect(PartialFile.open(dir.join(name))).rejects.toMatchObject({
      code: "E_DISK",
      message: expect.stringContaining(reason),
    });
  }
  expect(await readFile(dir.join("victim"), "utf8")).toBe("precious");
});

test("D1, D2: a full disk, no such folder and a file for a folder are E_DISK with the path", async () => {
  await using dir = await tempDir();
  await writeFile(dir.join("file"), "x");
  await expect(PartialFile.open(dir.join("file", "a"))).rejects.toMatchObject({ code: "E_DISK" });
  const partial = await PartialFile.open(dir.join("a.partial"));
  await mkdir(dir.join("taken"));
  await expect(partial.publish(dir.join("taken"))).rejects.toMatchObject({
    code: "E_DISK",
    message: expect.stringContaining("taken"),
  });
});
