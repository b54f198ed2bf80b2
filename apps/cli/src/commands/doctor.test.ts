import { mkdir, readdir, writeFile } from "node:fs/promises";
import { afterEach, beforeEach, expect, test } from "@jest/globals";
import { tempDir, type TempDir } from "@plimsoll/testing";
import { fakeIo } from "../fake-io.ts";
import { main } from "../main.ts";

let dir: TempDir;
beforeEach(async () => {
  dir = await tempDir();
  await mkdir(dir.join("store"));
});
afterEach(() => dir.remove());

async function doctor(argv: readonly string[], env: Record<string, string> = {}) {
  const io = fakeIo({ cwd: dir.path, env: { PLIMSOLL_CACHE_DIR: dir.join("cache"), ...env } });
  const exit = await main(["doctor", ...argv], io);
  return { exit, out: io.out(), err: io.err(), events: io.events };
}

test("a healthy machine and store: exit 0; writing is tried only when asked, and leaves nothing", async () => {
  await writeFile(dir.join("store/a.txt"), "a");
  const { exit, out, err } = await doctor(["./store"]);
  expect([exit, err]).toEqual([0, ""]);
  expect(out).toMatch(/^ok +store: list: the first object is a\.txt$/m);
  expect(out).toMatch(/^ok +store: read: a\.txt, 1 B$/m);
  expect(out).toMatch(/^skipped store: write: asked for with --write$/m);
  const written = await doctor(["./store", "--write"]);
  expect(written.out).toMatch(/^ok +store: write: .*protected from overwriting, and removed$/m);
  const left = await readdir(dir.join("store"), { recursive: true, withFileTypes: true });
  expect(left.filter((entry) => entry.isFile()).map(({ name }) => name)).toEqual(["a.txt"]);
});

test("a broken store: its code, exit and fix, while the other checks still run", async () => {
  await writeFile(dir.join("file"), "not a folder");
  const { exit, out, err } = await doctor(["./file", "--write"]);
  expect(exit).toBeGreaterThan(1);
  expect(out).toMatch(/^BROKEN {2}store: \w+: E_[A-Z_]+ .*$/m);
  expect(out).toMatch(/^ {8}fix: /m);
  expect(out).toMatch(/^ok +cache: /m);
  expect(err).toMatch(/^plimsoll: E_[A-Z_]+ doctor: store: [^\n]*\n$/);
});

test("D2: a cache folder that cannot be used", async () => {
  await writeFile(dir.join("blocked"), "");
  const { exit, out } = await doctor([], { PLIMSOLL_CACHE_DIR: dir.join("blocked/cache") });
  expect(exit).toBeGreaterThan(1);
  expect(out).toMatch(/^BROKEN {2}cache: /m);
  expect(out).toMatch(/fix: .*PLIMSOLL_CACHE_DIR/);
});

test("without a store only the machine is looked at", async () => {
  const { exit, out } = await doctor([]);
  expect(exit).toBe(0);
  expect(out).toMatch(/^skipped store: none named/m);
});

test("offline asks no host", async () => {
  const { exit, out } = await doctor(["https://host.test", "--offline"]);
  expect(exit).toBe(0);
  expect(out).toMatch(/^skipped store: https:\/\/host\.test: offline$/m);
});

test("--json: a finding a line", async () => {
  const { events } = await doctor(["./store", "--json"]);
  expect(events()).toContainEqual(
    expect.objectContaining({ type: "finding", check: "store: list", state: "ok" }),
  );
  expect(events().at(-1)).toEqual({ type: "result", command: "doctor", ok: true });
});
