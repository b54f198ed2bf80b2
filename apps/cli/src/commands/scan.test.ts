import { mkdir, writeFile } from "node:fs/promises";
import { afterEach, beforeEach, expect, test } from "@jest/globals";
import { tempDir, type TempDir } from "@plimsoll/testing";
import { fakeIo } from "../fake-io.ts";
import { main } from "../main.ts";

let dir: TempDir;
beforeEach(async () => {
  dir = await tempDir();
  await mkdir(dir.join("weights"));
  await writeFile(dir.join("weights/labels.json"), "[]");
  // A pickle that would run a command, under another name.
  await writeFile(dir.join("weights/net.onnx"), "cos\nsystem\n(S'id'\ntR.");
});
afterEach(() => dir.remove());

async function plimsoll(...argv: readonly string[]) {
  const io = fakeIo({ cwd: dir.path });
  return { exit: await main(argv, io), out: io.out(), err: io.err(), events: io.events };
}

test("O1: a folder is scanned file by file, and a renamed pickle in it is refused", async () => {
  const { exit, out, err } = await plimsoll("scan", "weights");
  expect(exit).toBe(5);
  expect(out).toMatch(/^labels\.json: json: no code found$/m);
  expect(err).toMatch(/^plimsoll: E_SCAN net\.onnx: .*os\.system/m);
});

test("a single file is named as it was given, and a missing one is not found", async () => {
  expect(await plimsoll("scan", "weights/labels.json")).toMatchObject({ exit: 0 });
  expect(await plimsoll("scan", "weights/none.onnx")).toMatchObject({ exit: 3 });
});
