import { spawn } from "node:child_process";
import { cp, mkdir, readFile, rm, stat, symlink, utimes, writeFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { afterEach, beforeEach, expect, jest, test } from "@jest/globals";
import { tempDir, type TempDir } from "@plimsoll/testing";

const bin = fileURLToPath(new URL("../bin", import.meta.url));
const buildOnce = fileURLToPath(new URL("../../../tools/build-once.mjs", import.meta.url));

interface Ended {
  readonly exit: number | null;
  readonly out: string;
  readonly err: string;
}

/** Runs the copied bin in a child process. */
async function run(root: string, ...args: readonly string[]): Promise<Ended> {
  const child = spawn(process.execPath, [`${root}/apps/cli/bin/plimsoll.js`, ...args], {
    stdio: ["ignore", "pipe", "pipe"],
    env: { PATH: process.env["PATH"] },
  });
  let [out, err] = ["", ""];
  child.stdout.setEncoding("utf8").on("data", (text: string) => (out += text));
  child.stderr.setEncoding("utf8").on("data", (text: string) => (err += text));
  const exit = await new Promise<number | null>((resolve) => child.on("close", resolve));
  return { exit, out, err };
}

/** A build that takes a moment, counts itself and makes a program that prints its arguments. */
const fakeBuild = `
import { appendFileSync, mkdirSync, writeFileSync } from "node:fs";
console.log("compiling");
appendFileSync("builds.log", "x");
await new Promise((resolve) => setTimeout(resolve, 300));
mkdirSync("apps/cli/dist", { recursive: true });
writeFileSync("apps/cli/dist/start.js", "export const start = (args) => console.log('started', ...args);");
`;

// Starting processes takes its time where many tests run at once.
jest.setTimeout(60_000);

let dir: TempDir;
beforeEach(async () => {
  dir = await tempDir();
  await cp(bin, dir.join("apps/cli/bin"), { recursive: true });
  await writeFile(dir.join("apps/cli/package.json"), `{ "type": "module", "version": "9.8.7" }`);
  for (const src of [
    "apps/cli/src",
    "libs/a/src/deep",
    "tools",
    "node_modules/@typescript/native",
  ]) {
    await mkdir(dir.join(src), { recursive: true });
  }
  await writeFile(dir.join("apps/cli/src/start.ts"), "");
  await writeFile(dir.join("libs/a/src/deep/a.ts"), "");
  await writeFile(dir.join("libs/a/src/deep/a.test.ts"), "");
  await writeFile(dir.join("tools/build.mjs"), fakeBuild);
  await cp(buildOnce, dir.join("tools/build-once.mjs"));
});
afterEach(() => dir.remove());

const builds = async (): Promise<number> =>
  (await readFile(dir.join("builds.log"), "utf8").catch(() => "")).length;

/** Gives a file a time in the future, as an edit after the build would. */
async function touch(path: string): Promise<void> {
  const later = new Date(Date.now() + 60_000);
  await utimes(dir.join(path), later, later);
}

test("a fresh clone is built once, on stderr, then only started", async () => {
  const first = await run(dir.path, "sync", "--json", "a b");
  expect(first).toEqual({
    exit: 0,
    out: "started sync --json a b\n",
    err: "plimsoll: building once…\ncompiling\n",
  });
  expect(await run(dir.path, "x")).toEqual({ exit: 0, out: "started x\n", err: "" });
  expect(await builds()).toBe(1);
});

test("a source that is newer than the built code builds again, a test does not", async () => {
  await run(dir.path);
  await touch("libs/a/src/deep/a.test.ts");
  await run(dir.path);
  expect(await builds()).toBe(1);
  await touch("libs/a/src/deep/a.ts");
  await run(dir.path);
  expect(await builds()).toBe(2);
});

test("two that start at once build once", async () => {
  const both = await Promise.all([run(dir.path, "1"), run(dir.path, "2")]);
  expect(both.map(({ exit, out }) => [exit, out])).toEqual([
    [0, "started 1\n"],
    [0, "started 2\n"],
  ]);
  expect(await builds()).toBe(1);
  await expect(stat(dir.join("node_modules/.plimsoll-build.lock"))).rejects.toThrow();
});

test("a lock that a killed build left is taken over", async () => {
  const lock = dir.join("node_modules/.plimsoll-build.lock");
  await mkdir(lock);
  const old = new Date(Date.now() - 3_600_000);
  await utimes(lock, old, old);
  expect((await run(dir.path, "x")).out).toBe("started x\n");
});

test("a build that fails ends with exit 1 and the way out", async () => {
  await writeFile(dir.join("tools/build.mjs"), "process.exit(2)");
  const { exit, out, err } = await run(dir.path, "sync");
  expect([exit, out]).toEqual([1, ""]);
  expect(err).toMatch(/plimsoll: E_BUG the build failed.*npm ci/);
});

test("after a change that does not build, old code is never started in its place", async () => {
  await run(dir.path);
  await touch("libs/a/src/deep/a.ts");
  await mkdir(dir.join("libs/a/dist"));
  await writeFile(
    dir.join("tools/build.mjs"),
    `import { writeFileSync } from "node:fs"; writeFileSync("libs/a/dist/tsconfig.tsbuildinfo", ""); process.exit(2)`,
  );
  expect(await run(dir.path)).toMatchObject({ exit: 1, out: "" });
  expect(await run(dir.path)).toMatchObject({ exit: 1, out: "" });
});

test("sources without a compiler, as in a container, run what was built", async () => {
  await run(dir.path);
  await touch("libs/a/src/deep/a.ts");
  await rm(dir.join("node_modules/@typescript"), { recursive: true });
  expect(await run(dir.path, "x")).toEqual({ exit: 0, out: "started x\n", err: "" });
});

test("an installed package has no sources and looks for none", async () => {
  await run(dir.path);
  await rm(dir.join("apps/cli/src"), { recursive: true });
  await rm(dir.join("libs"), { recursive: true });
  await rm(dir.join("tools"), { recursive: true });
  expect((await run(dir.path, "x")).out).toBe("started x\n");
});

test("--version needs no built code", async () => {
  expect(await run(dir.path, "--version")).toEqual({ exit: 0, out: "9.8.7\n", err: "" });
  expect(await builds()).toBe(0);
});

test("through the link that npm makes", async () => {
  await mkdir(dir.join("node_modules/.bin"));
  await symlink("../../apps/cli/bin/plimsoll.js", dir.join("node_modules/.bin/plimsoll"));
  const child = spawn(dir.join("node_modules/.bin/plimsoll"), ["-V"], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  let out = "";
  child.stdout.setEncoding("utf8").on("data", (text: string) => (out += text));
  expect(await new Promise((resolve) => child.on("close", resolve))).toBe(0);
  expect(out).toBe("9.8.7\n");
});
