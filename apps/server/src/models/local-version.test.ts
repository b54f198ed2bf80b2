import { mkdir, writeFile } from "node:fs/promises";
import { dirname } from "node:path";
import { expect, test } from "@jest/globals";
import { sha256 } from "@plimsoll/manifest";
import { tempDir } from "@plimsoll/testing";
import { findLocal, localModels } from "./local-version.ts";

async function folder(files: Readonly<Record<string, string>>) {
  const dir = await tempDir();
  for (const [name, content] of Object.entries(files)) {
    await mkdir(dirname(dir.join(name)), { recursive: true });
    await writeFile(dir.join(name), content);
  }
  return dir;
}

test("a file of its name, a folder of its name, a folder for each version: the newest", async () => {
  await using dir = await folder({
    "a.onnx": "a",
    "b/any.onnx": "b",
    "b/any.onnx.data": "weights",
    "b/metadata.json": `{ "task": "tensor", "classes": ["x"] }`,
    "b/train.py": "print()",
    "c/v1.9.0/c.onnx": "old",
    "c/v1.10.0/c.onnx": "new",
  });
  expect(await localModels(dir.path)).toEqual(["a", "b", "c"]);
  expect(await findLocal(dir.path, "a")).toMatchObject({
    version: "local",
    files: [{ name: "a.onnx", sha256: sha256(Buffer.from("a")), size: 1 }],
  });
  const b = await findLocal(dir.path, "b");
  expect(b?.files.map(({ name }) => name).sort()).toEqual([
    "any.onnx",
    "any.onnx.data",
    "metadata.json",
  ]);
  expect(b?.metadata).toMatchObject({ task: "tensor", classes: ["x"] });
  expect((await findLocal(dir.path, "c"))?.version).toBe("v1.10.0");
  expect((await findLocal(dir.path, "c", "v1.9.0"))?.version).toBe("v1.9.0");
  expect(await findLocal(dir.path, "c", "v2.0.0")).toBeUndefined();
  expect(await findLocal(dir.path, "none")).toBeUndefined();
});

test("a folder of .pt files alone is refused with the way out; external data and both halves stay together", async () => {
  await using dir = await folder({
    "yolo/best.pt": "PK",
    "sounds/yamnet.onnx": "embeds",
    "sounds/head.onnx": "classifies",
  });
  await expect(findLocal(dir.path, "yolo")).rejects.toMatchObject({
    code: "E_MODEL",
    message: expect.stringContaining("yolo export"),
  });
  const sounds = await findLocal(dir.path, "sounds");
  expect(sounds?.files).toHaveLength(2);
  expect(sounds?.main).toBeUndefined();
});
