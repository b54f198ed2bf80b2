import { expect, test } from "@jest/globals";
import { createHash } from "node:crypto";
import { utimes, writeFile } from "node:fs/promises";
import { tempDir } from "@plimsoll/testing";
import { collectFiles } from "./collect.ts";
import { hashFiles } from "./hash-files.ts";

test("a recorded proof spares the reading, a new digest is recorded", async () => {
  await using dir = await tempDir();
  await writeFile(dir.join("a.pt"), "x");
  await writeFile(dir.join("b.pt"), "y");
  const { files } = await collectFiles({ from: [dir.path] });
  const digest = "0".repeat(64);
  const learnt: string[] = [];
  const cache = {
    proven: async (path: string) => (path.endsWith("a.pt") ? digest : undefined),
    prove: async (path: string) => void learnt.push(path),
  };
  expect(await hashFiles(files, { cache })).toMatchObject([
    { name: "a.pt", sha256: digest },
    { name: "b.pt", sha256: createHash("sha256").update("y").digest("hex") },
  ]);
  expect(learnt).toEqual([files[1]?.path]);
});

test("a file that changes meanwhile is refused", async () => {
  await using dir = await tempDir();
  await writeFile(dir.join("a.pt"), "x");
  const { files } = await collectFiles({ from: [dir.path] });
  await utimes(dir.join("a.pt"), 1, 1);
  await expect(hashFiles(files)).rejects.toMatchObject({
    code: "E_CONFLICT",
    message: expect.stringContaining("a.pt: changed while"),
  });
});

test("a cancelled run stops", async () => {
  await using dir = await tempDir();
  await writeFile(dir.join("a.pt"), "x");
  const { files } = await collectFiles({ from: [dir.path] });
  await expect(hashFiles(files, { signal: AbortSignal.abort() })).rejects.toMatchObject({
    name: "AbortError",
  });
});
