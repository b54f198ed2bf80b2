import { execFileSync } from "node:child_process";
import { existsSync } from "node:fs";
import { link, readdir, readFile, writeFile } from "node:fs/promises";
import { expect, test } from "@jest/globals";
import { tempDir } from "@plimsoll/testing";
import { renameOver, syncFolder } from "./durable.ts";
import { runChild } from "./testing/child.ts";

function has(program: string): boolean {
  try {
    execFileSync("sh", ["-c", `command -v ${program}`], { stdio: "ignore" });
    return true;
  } catch {
    return false;
  }
}

test("renaming between two links of one file removes the old name, which POSIX alone would not", async () => {
  await using dir = await tempDir();
  await writeFile(dir.join("a"), "x");
  await link(dir.join("a"), dir.join("b"));
  await renameOver(dir.join("a"), dir.join("b"));
  expect(await readdir(dir.path)).toEqual(["b"]);
});

test("a folder is flushed, however many ask at once; one that is missing is an error for each", async () => {
  await using dir = await tempDir();
  await Promise.all(Array.from({ length: 20 }, () => syncFolder(dir.path)));
  const missing = Array.from({ length: 3 }, () => syncFolder(dir.join("missing")));
  for (const outcome of await Promise.allSettled(missing)) expect(outcome.status).toBe("rejected");
  await syncFolder(dir.path);
});

(has("strace") ? test : test.skip)(
  "D5: bytes are flushed before the rename that shows them, the folder after it",
  async () => {
    await using dir = await tempDir();
    const trace = dir.join("trace");
    const to = dir.join("app/m.onnx");
    const { out } = runChild({
      dir: dir.join("cache"),
      behind: `exec strace -f -y -e trace=fsync,fdatasync,rename,renameat,renameat2 -o ${trace}`,
      code: `bring(cache, weights(1)).then((path) =>
        cache.place(weights(1).sha256, ${JSON.stringify(to)}, { copy: true }))`,
    });
    expect(out).toMatch(/^(copy|reflink)\n$/);
    expect(existsSync(to)).toBe(true);
    const calls = (await readFile(trace, "utf8")).split("\n");
    const at = (call: RegExp): number => calls.findIndex((line) => call.test(line));
    const [flushed, shown, folder] = [
      at(/f(data)?sync\(\d+<[^>]*\/app\/\.m\.onnx\.[^>]*plimsoll-tmp>/),
      at(/rename[^"]*"[^"]*\/app\/\.m\.onnx\.[^"]*plimsoll-tmp", .*"[^"]*\/app\/m\.onnx"/),
      at(/fsync\(\d+<[^>]*\/app>/),
    ];
    expect(flushed).toBeGreaterThanOrEqual(0);
    expect(shown).toBeGreaterThan(flushed);
    expect(folder).toBeGreaterThan(shown);
    // The blob's own folder, after the caller put it there.
    const put = at(/rename[^"]*"[^"]*\/v1\/partial\/[^"]*", .*"[^"]*\/v1\/sha256\//);
    expect(put).toBeGreaterThanOrEqual(0);
    expect(at(/fsync\(\d+<[^>]*\/v1\/sha256\/[0-9a-f]{2}>/)).toBeGreaterThan(put);
  },
  30_000,
);

test("D1, D2: a file size limit (EFBIG) in the middle of a file leaves nothing and says so", async () => {
  await using dir = await tempDir();
  await writeFile(dir.join("big"), Buffer.alloc(3_000_000));
  const { out } = runChild({
    dir: dir.join("cache"),
    // Blocks of 512 bytes.
    behind: "ulimit -f 2048; exec",
    code: `cache.adopt(${JSON.stringify(dir.join("big"))}, weights(1).sha256)`,
  });
  expect(out).toMatch(/^E_DISK .*big: .*EFBIG.*ulimit -f/);
  expect(await readdir(dir.join("cache/v1/tmp"))).toEqual([]);
}, 180_000);
