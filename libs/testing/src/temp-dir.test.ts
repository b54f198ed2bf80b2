import { expect, test } from "@jest/globals";
import { existsSync } from "node:fs";
import { writeFile } from "node:fs/promises";
import { tempDir } from "./temp-dir.ts";

test("each folder is new and goes away with its content", async () => {
  const other = await tempDir();
  const visit = async (): Promise<string> => {
    await using dir = await tempDir();
    expect(dir.path).not.toBe(other.path);
    await writeFile(dir.join("a"), "x");
    return dir.path;
  };
  const path = await visit();
  expect([existsSync(path), existsSync(other.path)]).toEqual([false, true]);
  await other.remove();
  expect(existsSync(other.path)).toBe(false);
});
