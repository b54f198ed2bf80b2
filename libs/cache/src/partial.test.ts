import { mkdir, open, readdir, readFile, stat, symlink, utimes, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "@jest/globals";
import { tempDir, type TempDir } from "@plimsoll/testing";
import { newToken } from "./holder.ts";
import { cacheLayout, type Layout } from "./layout.ts";
import type { Lock } from "./lock.ts";
import { inheritPartial, listPartials } from "./partial.ts";

const digest = "ab".repeat(32);
const quietMs = 60_000;

async function layoutIn(dir: TempDir): Promise<Layout> {
  const layout = cacheLayout(dir.path);
  await mkdir(layout.partials, { recursive: true });
  return layout;
}

function lock(token: string, stolenFrom?: string): Lock {
  const { signal } = new AbortController();
  return { token, stolenFrom, lost: signal, release: async () => undefined };
}

test("the attempt with the most bytes is taken over under a new name, the others go", async () => {
  await using dir = await tempDir();
  const layout = await layoutIn(dir);
  const [a, b, gone] = [newToken(), newToken(), newToken()];
  await writeFile(layout.partial(digest, a), Buffer.alloc(8_192));
  await writeFile(layout.partial(digest, b), Buffer.alloc(40_960));
  await writeFile(`${layout.partial(digest, b)}.journal`, "b's");
  await writeFile(`${layout.partial(digest, a)}.journal`, "a's");
  await writeFile(`${layout.partial(digest, gone)}.journal`, "alone");
  await writeFile(layout.partial("cd".repeat(32), "a"), "another digest's");
  const { path, bytes } = await inheritPartial(layout, digest, lock("new"), quietMs);
  expect(path).toBe(layout.partial(digest, "new"));
  expect(bytes).toBe(40_960);
  expect((await stat(path)).size).toBe(40_960);
  expect(await readFile(`${path}.journal`, "utf8")).toBe("b's");
  expect(await readdir(layout.partials)).toHaveLength(3);
});

test("D7: bytes of a holder that may still run are copied: what it writes later is not in the new file", async () => {
  await using dir = await tempDir();
  const layout = await layoutIn(dir);
  await writeFile(layout.partial(digest, "old"), "right");
  const zombie = await open(layout.partial(digest, "old"), "r+");
  const { path } = await inheritPartial(layout, digest, lock("new", "old"), quietMs);
  await zombie.write("WRONG", 0);
  await zombie.close();
  expect(await readFile(path, "utf8")).toBe("right");
  expect(await readdir(layout.partials)).toHaveLength(1);
});

test("D7: where the lock of a network file system lies, another machine keeps its files and its bytes stay out", async () => {
  await using dir = await tempDir();
  const layout = await layoutIn(dir);
  const other = "0123456789ab-77-99-aabbccddeeff";
  await writeFile(layout.partial(digest, other), "right");
  await writeFile(`${layout.partial(digest, other)}.journal`, "theirs");
  const writer = await open(layout.partial(digest, other), "r+");
  const { path } = await inheritPartial(layout, digest, lock("new"), quietMs);
  await writer.write("WRONG", 0);
  await writer.close();
  expect(await readFile(path, "utf8")).toBe("right");
  expect(await readFile(`${path}.journal`, "utf8")).toBe("theirs");
  expect(await readFile(layout.partial(digest, other), "utf8")).toBe("WRONG");
  expect(await readdir(layout.partials)).toHaveLength(4);
  // Long after its last byte it is left over.
  for (const name of await readdir(layout.partials)) {
    await utimes(join(layout.partials, name), 1_000, 1_000);
  }
  await inheritPartial(layout, digest, lock("later"), quietMs);
  expect((await readdir(layout.partials)).every((name) => name.includes("later"))).toBe(true);
});

test("bytes are counted as they are on disk: a file that was only made long has few", async () => {
  await using dir = await tempDir();
  const layout = await layoutIn(dir);
  const file = await open(layout.partial(digest, "a"), "w");
  await file.truncate(1 << 30);
  await file.write(Buffer.alloc(4_096, 1), 0, 4_096, 1 << 20);
  await file.sync();
  await file.close();
  const [partial] = await listPartials(layout);
  expect(partial?.bytes).toBeGreaterThan(0);
  expect(partial?.bytes).toBeLessThan(1 << 20);
});

test("D9: a symbolic link among the partial files is removed, never followed", async () => {
  await using dir = await tempDir();
  const layout = await layoutIn(dir);
  await writeFile(dir.join("target"), "mine");
  await symlink(dir.join("target"), layout.partial(digest, "a"));
  await symlink(dir.join("target"), `${layout.partial(digest, "a")}.journal`);
  expect(await inheritPartial(layout, digest, lock("new"), quietMs)).toMatchObject({ bytes: 0 });
  expect(await readdir(layout.partials)).toEqual([]);
  expect(await readFile(dir.join("target"), "utf8")).toBe("mine");
});

test("without the folder there are none", async () => {
  await using dir = await tempDir();
  expect(await listPartials(cacheLayout(dir.join("missing")))).toEqual([]);
});
