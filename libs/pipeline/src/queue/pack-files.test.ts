import { mkdir, readFile, writeFile } from "node:fs/promises";
import { expect, test } from "@jest/globals";
import { tempDir } from "@plimsoll/testing";
import { packFiles, unpackFiles } from "./pack-files.ts";

const digest = "ab".padEnd(64, "0");

test("the files of a feature cache travel as one object, and nothing else with them", async () => {
  await using dir = await tempDir();
  await mkdir(dir.join("a", "ab"), { recursive: true });
  await writeFile(dir.join("a", "ab", `${digest}.f32`), "rows");
  await writeFile(dir.join("a", "ab", "notes.txt"), "no");
  const packed = await packFiles(dir.join("a"));
  expect(await unpackFiles(packed, dir.join("b"), "x")).toBe(1);
  expect(await readFile(dir.join("b", "ab", `${digest}.f32`), "utf8")).toBe("rows");
});

test.each([
  ["a path out of the folder", `{"files":[{"name":"../${digest}.f32","size":1}]}`],
  ["more bytes than there are", `{"files":[{"name":"ab/${digest}.f32","size":99}]}`],
  ["no list", "{}"],
])("a pack with %s is refused", async (_, head) => {
  await using dir = await tempDir();
  const length = Buffer.alloc(4);
  length.writeUInt32LE(head.length);
  const packed = Buffer.concat([length, Buffer.from(head), Buffer.from("x")]);
  await expect(unpackFiles(packed, dir.path, "part")).rejects.toMatchObject({ code: "E_INPUT" });
  await expect(unpackFiles(packed.subarray(0, 3), dir.path, "p")).rejects.toMatchObject({
    code: "E_INPUT",
  });
});
