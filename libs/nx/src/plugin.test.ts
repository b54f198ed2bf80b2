import { execFile } from "node:child_process";
import { createHash } from "node:crypto";
import { chmod, mkdir, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { afterAll, beforeAll, expect, test } from "@jest/globals";
import { tempDir, type TempDir } from "@plimsoll/testing";

const workspace = fileURLToPath(new URL("../../..", import.meta.url));
const bytes = Buffer.from("weights of a small model");
let dir: TempDir;

/** A workspace of a stranger: nx, the plugin as it is published (built, linked), and `plimsoll` on the path of binaries. */
beforeAll(async () => {
  dir = await tempDir();
  const build = [join(workspace, "tools/build.mjs"), "libs/nx"];
  await promisify(execFile)(process.execPath, build, { cwd: workspace });
  await mkdir(dir.join("node_modules/.bin"), { recursive: true });
  await mkdir(dir.join("node_modules/@plimsoll"));
  for (const name of ["nx", "@nx", "plimsoll", "@plimsoll/nx", "prettier"]) {
    await symlink(join(workspace, "node_modules", name), dir.join(`node_modules/${name}`));
  }
  const shim = `#!/bin/sh\nexec "${process.execPath}" "${workspace}/apps/cli/bin/plimsoll.js" "$@"\n`;
  await writeFile(dir.join("node_modules/.bin/plimsoll"), shim);
  await chmod(dir.join("node_modules/.bin/plimsoll"), 0o755);
  await writeFile(dir.join("nx.json"), "{}\n");
  await writeFile(dir.join("package.json"), '{ "name": "strange", "private": true }\n');
}, 120_000);
afterAll(() => dir.remove());

/** `nx …` in the stranger's workspace. */
async function nx(...args: readonly string[]): Promise<string> {
  const { NODE_OPTIONS: _, ...env } = process.env;
  const run = await promisify(execFile)(
    process.execPath,
    [dir.join("node_modules/nx/dist/bin/nx.js"), ...args],
    {
      cwd: dir.path,
      env: {
        ...env,
        CI: "true",
        FORCE_COLOR: "0",
        NX_DAEMON: "false",
        NX_NO_CLOUD: "true",
        NX_WORKSPACE_ROOT_PATH: dir.path,
        PLIMSOLL_CACHE_DIR: dir.join("cache"),
      },
    },
  );
  return run.stdout + run.stderr;
}

test("init registers the plugin; sync, verify and publish follow from the manifest and are cached on it", async () => {
  await nx("g", "@plimsoll/nx:init", "apps/bird", "--store", "../../store");
  const nxJson = JSON.parse(await readFile(dir.join("nx.json"), "utf8")) as object;
  expect(nxJson).toMatchObject({ plugins: ["@plimsoll/nx"] });
  expect(await readFile(dir.join("apps/bird/weights/.gitignore"), "utf8")).toMatch(/^\*$/m);
  await writeFile(dir.join("apps/bird/weights/bird.npz"), bytes);

  await nx("run", "bird:publish-weights", "--release=v1.0.0", "--model=bird");
  const checksum = createHash("sha256").update(bytes).digest("hex");
  const pinned = await readFile(dir.join("apps/bird/weights/manifest.json"), "utf8");
  expect(pinned).toContain(checksum);

  await rm(dir.join("apps/bird/weights/bird.npz"));
  expect(await nx("run", "bird:weights-sync")).toMatch(/Successfully ran target weights-sync/);
  expect(await readFile(dir.join("apps/bird/weights/bird.npz"))).toEqual(bytes);
  // The same manifest: what the first run brought comes back without running anything.
  await rm(dir.join("apps/bird/weights/bird.npz"));
  expect(await nx("run", "bird:weights-sync")).toMatch(/cache/);
  expect(await readFile(dir.join("apps/bird/weights/bird.npz"))).toEqual(bytes);
  expect(await nx("run", "bird:weights-verify")).toMatch(/1 ok/);

  await rm(dir.join("apps/bird/weights/bird.npz"));
  await writeFile(dir.join("apps/bird/weights/bird.npz"), "other bytes");
  await expect(nx("run", "bird:weights-verify")).rejects.toThrow(/bird\.npz/);
}, 120_000);
