import { chmod, mkdir, readFile, writeFile } from "node:fs/promises";
import { afterEach, beforeEach, expect, test } from "@jest/globals";
import { openCache } from "@plimsoll/cache";
import { sha256 } from "@plimsoll/manifest";
import { tempDir, type TempDir } from "@plimsoll/testing";
import { fakeIo } from "../fake-io.ts";
import { main } from "../main.ts";

let dir: TempDir;
beforeEach(async () => {
  dir = await tempDir();
});
afterEach(() => dir.remove());

async function cache(...argv: readonly string[]) {
  const io = fakeIo({ cwd: dir.path, env: { PLIMSOLL_CACHE_DIR: dir.join("cache") } });
  const exit = await main(["cache", ...argv], io);
  return { exit, out: io.out(), err: io.err(), events: io.events };
}

/** Puts a file into the cache; gives its digest and path there. */
async function fill(text: string): Promise<{ readonly digest: string; readonly path: string }> {
  await mkdir(dir.join("files"), { recursive: true });
  await writeFile(dir.join("files", text), text);
  const digest = sha256(Buffer.from(text));
  const opened = await openCache({ dir: dir.join("cache") });
  return { digest, path: await opened.adopt(dir.join("files", text), digest) };
}

test("status of an empty cache, and of one with files", async () => {
  expect((await cache("status")).out).toMatch(
    /folder +.*cache\nfiles +0 files, 0 B\nunfinished +none\nhits +none yet\n/,
  );
  const { digest } = await fill("weights");
  const { out, exit } = await cache("status", "--files");
  expect(exit).toBe(0);
  expect(out).toMatch(/^files +1 file, 7 B$/m);
  expect(out).toMatch(new RegExp(`^${digest} +7 B +\\d{4}-`, "m"));
  expect((await cache("status", "--json")).events()[0]).toMatchObject({
    type: "result",
    blobs: 1,
    bytes: 7,
  });
});

test("D8: verify drops what is damaged and exits 5; what is intact stays", async () => {
  await fill("intact");
  const { digest, path } = await fill("broken");
  await chmod(path, 0o644);
  await writeFile(path, "rotten");
  const { exit, out, err } = await cache("verify");
  expect(exit).toBe(5);
  expect(out).toContain(`${digest}: damaged, removed from the cache`);
  expect(err).toMatch(
    /^plimsoll: E_DIGEST .*: 1 of 2 files damaged and removed: run plimsoll sync/,
  );
  expect(await cache("verify")).toMatchObject({
    exit: 0,
    out: expect.stringMatching(/1 file checked in .*: all intact/),
  });
});

test("clear frees the disk and leaves the apps' files", async () => {
  await fill("weights");
  expect((await cache("clear")).out).toMatch(/^1 file removed, 7 B freed in .*cache$/m);
  expect((await cache("status")).out).toMatch(/0 files, 0 B/);
  expect(await readFile(dir.join("files/weights"), "utf8")).toBe("weights");
});
