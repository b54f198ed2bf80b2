import { expect, test } from "@jest/globals";
import { createHash, randomBytes } from "node:crypto";
import { utimes, writeFile } from "node:fs/promises";
import { tempDir } from "@plimsoll/testing";
import { collectFiles } from "./collect.ts";
import { hashFile, hashFiles } from "./hash-files.ts";

test.each([0, 1, (1 << 20) - 1, 1 << 20, (1 << 20) + 1, 5_000_000])(
  "the digest of %d bytes is SHA-256's",
  async (size) => {
    await using dir = await tempDir();
    const bytes = randomBytes(size);
    await writeFile(dir.join("a"), bytes);
    const seen: number[] = [];
    const digest = await hashFile(dir.join("a"), { onProgress: (count) => seen.push(count) });
    expect(digest).toBe(createHash("sha256").update(bytes).digest("hex"));
    expect(seen.at(-1) ?? 0).toBe(size);
  },
);

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
