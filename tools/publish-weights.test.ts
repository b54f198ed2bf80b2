import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterEach, beforeEach, expect, test } from "@jest/globals";

const root = fileURLToPath(new URL("..", import.meta.url));
const require = createRequire(import.meta.url);
const nx = join(dirname(require.resolve("nx/package.json")), "dist/bin/nx.js");

let dir: string;
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), "plimsoll-tools-"));
  await mkdir(join(dir, "weights"));
  await writeFile(join(dir, "weights", "a.onnx"), "first");
  await writeFile(join(dir, "weights", "b.onnx"), "second");
  const config = {
    stores: { main: "./store" },
    publish: { from: "weights", to: ["main"], model: "heads" },
  };
  await writeFile(join(dir, "plimsoll.config.json"), JSON.stringify(config));
});
afterEach(() => rm(dir, { recursive: true, force: true }));

/** `npx nx run …` from the workspace's root, as a person types it. */
function nxRun(...words: string[]): { readonly status: number | null; readonly output: string } {
  // A test that Nx itself started must look like one that it did not.
  const own = Object.entries(process.env).filter(([name]) => !name.startsWith("NX_"));
  const env = {
    ...Object.fromEntries(own),
    NX_DAEMON: "false",
    PLIMSOLL_CACHE_DIR: join(dir, "cache"),
  };
  const run = spawnSync(process.execPath, [nx, "run", ...words], {
    cwd: root,
    env,
    encoding: "utf8",
  });
  return { status: run.status, output: `${run.stdout}${run.stderr}` };
}

interface Pinned {
  readonly release: string;
  readonly description?: string;
  readonly weights: Readonly<Record<string, { readonly url: string }>>;
}

async function pinned(): Promise<Pinned> {
  return JSON.parse(await readFile(join(dir, "weights", "manifest.json"), "utf8")) as Pinned;
}

test("publishes as the config says; words reach the tool as typed, past Nx and without a shell", async () => {
  const canary = join(dir, "canary");
  const description = `$(touch ${canary}) & "two"  'words' ; * --to \\ 007`;
  const { status, output } = nxRun(
    "publish-weights",
    "--config",
    join(dir, "plimsoll.config.json"),
    "--release",
    "v1.2.0",
    "--description",
    description,
    // Nx would keep this one for itself.
    "--exclude",
    "b.*",
  );
  expect({ status, output }).toMatchObject({ status: 0 });
  const manifest = await pinned();
  expect(manifest.description).toBe(description);
  expect(manifest.release).toBe("v1.2.0");
  expect(Object.keys(manifest.weights)).toEqual(["a.onnx"]);
  expect(existsSync(join(dir, "store", "models", "heads", "v1.2.0", "manifest.json"))).toBe(true);
  expect(existsSync(canary)).toBe(false);
}, 180_000);

test("flags before and after -- count alike, a release is chosen, a store with & is just a URL", async () => {
  const other = join(dir, "other & $(b)");
  const first = nxRun(
    "publish-weights",
    "--config",
    join(dir, "plimsoll.config.json"),
    "--",
    "--to",
    other,
  );
  expect(first).toMatchObject({ status: 0 });
  expect(first.output).toMatch(/v1\.0\.0: there is no .*manifest\.json yet/);
  expect((await pinned()).release).toBe("v1.0.0");
  expect(existsSync(join(other, "models", "heads", "v1.0.0", "b.onnx"))).toBe(true);

  await writeFile(join(dir, "weights", "a.onnx"), "changed");
  const again = nxRun(
    "publish-weights",
    "--config",
    join(dir, "plimsoll.config.json"),
    "--to",
    other,
  );
  expect(again.status).toBe(1);
  expect(again.output).toMatch(/E_EXISTS/);
}, 180_000);
