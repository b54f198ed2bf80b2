import { expect, test } from "@jest/globals";
import { mkdir, symlink, writeFile } from "node:fs/promises";
import { tempDir } from "@plimsoll/testing";
import { collectFiles } from "./collect.ts";

const pointer = `version https://git-lfs.github.com/spec/v1\noid sha256:${"a".repeat(64)}\nsize 17317003\n`;

async function fill(root: { join(...parts: string[]): string }, files: Record<string, string>) {
  for (const [name, text] of Object.entries(files)) {
    await mkdir(root.join(name, ".."), { recursive: true });
    await writeFile(root.join(name), text);
  }
}

test("a folder gives its weight files, at any depth, and never our own output", async () => {
  await using dir = await tempDir();
  await fill(dir, {
    "best.PT": "x",
    "labels.json": `["a"]`,
    "deep/er/model.onnx": "x",
    "deep/model.onnx.data": "x",
    "empty.npz": "",
    "README.md": "x",
    "manifest.json": "{}",
    "deep/manifest.json": "{}",
    SHA256SUMS: "x",
    "best.pt.chunks": "x",
    "model.sig": "x",
    "attestation.jsonl": "x",
    "WEIGHTS_URLS.json": "{}",
    ".hidden/x.pt": "x",
    "node_modules/m/x.pt": "x",
    ".best.pt.partial": "x",
  });
  const { files, folder } = await collectFiles({ from: [dir.path] });
  expect(files.map(({ name }) => name)).toEqual([
    "best.PT",
    "deep/er/model.onnx",
    "deep/model.onnx.data",
    "empty.npz",
    "labels.json",
  ]);
  expect(folder).toBe(dir.path);
  expect(files.find(({ name }) => name === "labels.json")).toMatchObject({
    format: "json",
    size: 5,
  });
});

test("include replaces the list of extensions, exclude takes away", async () => {
  await using dir = await tempDir();
  await fill(dir, { "a.pt": "x", "b.onnx": "x", "labels.txt": "x", "old/c.onnx": "x" });
  const names = async (options: { include?: string[]; exclude?: string[] }) =>
    (await collectFiles({ from: [dir.path], ...options })).files.map(({ name }) => name);
  expect(await names({ include: ["*.txt", "*.onnx"] })).toEqual([
    "b.onnx",
    "labels.txt",
    "old/c.onnx",
  ]);
  expect(await names({ exclude: ["old/**"] })).toEqual(["a.pt", "b.onnx"]);
});

test("a file that is named is taken whatever it is called", async () => {
  await using dir = await tempDir();
  await fill(dir, { "weights.bin": "x", "other.pt": "x" });
  const { files, folder } = await collectFiles({ from: [dir.join("weights.bin")] });
  expect(files.map(({ name }) => name)).toEqual(["weights.bin"]);
  expect(folder).toBe(dir.path);
});

test("links to files are followed, links to folders and dead ones are not", async () => {
  await using dir = await tempDir();
  await using other = await tempDir();
  await fill(other, { "run/real.pt": "x" });
  await symlink(other.join("run/real.pt"), dir.join("best.pt"));
  await symlink(other.join("run"), dir.join("loop"));
  await symlink("/nowhere.pt", dir.join("dead.pt"));
  const { files } = await collectFiles({ from: [dir.path] });
  expect(files.map(({ name }) => name)).toEqual(["best.pt"]);
});

test("a Git-LFS pointer in the place of weights is named, all of them at once", async () => {
  await using dir = await tempDir();
  await fill(dir, { "a.pt": pointer, "b.pt": "x", "c.onnx": pointer });
  await expect(collectFiles({ from: [dir.path] })).rejects.toMatchObject({
    code: "E_LFS_POINTER",
    message: expect.stringContaining("a.pt, c.onnx: Git-LFS pointers"),
  });
});

test("names outside the grammar, names that clash, nothing to take, nothing there", async () => {
  await using dir = await tempDir();
  await expect(collectFiles({ from: [dir.path] })).rejects.toMatchObject({ code: "E_NOT_FOUND" });
  await expect(collectFiles({ from: [dir.join("no")] })).rejects.toMatchObject({
    code: "E_NOT_FOUND",
  });
  await fill(dir, { "a/x.pt": "x", "b/x.pt": "x", "sp/my model.pt": "x" });
  await expect(collectFiles({ from: [dir.join("sp")] })).rejects.toMatchObject({ code: "E_PATH" });
  await expect(collectFiles({ from: [dir.join("a"), dir.join("b")] })).rejects.toMatchObject({
    code: "E_PATH",
  });
});
