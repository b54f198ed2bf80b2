/**
 * Makes one file of each library that an app starts with: Node takes half a millisecond for every module that it finds
 * and reads, and a sync that has nothing to do loaded some 250. What a library imports lazily becomes files of its own;
 * other packages stay imports. A library is bundled when its `package.json` names `dist/bundle` as what is imported.
 */
import { readdirSync, readFileSync, rmSync, statSync } from "node:fs";
import { basename, join } from "node:path";

const prefix = "./dist/bundle/";

/** Bundles what is older than its sources. Gives the names of what was bundled. */
export async function bundleLibraries(root) {
  const bundled = [];
  for (const name of readdirSync(join(root, "libs"))) {
    const dir = join(root, "libs", name);
    const entries = entriesOf(dir);
    const names = Object.keys(entries);
    if (names.length === 0) continue;
    const out = join(dir, "dist", "bundle");
    const oldest = Math.min(...names.map((entry) => modifiedAt(join(out, `${entry}.js`))));
    if (newest(join(dir, "src")) <= oldest) continue;
    await bundle(entries, out);
    bundled.push(name);
  }
  return bundled;
}

/** Source by name of the file that becomes of it. */
function entriesOf(dir) {
  let text;
  try {
    text = readFileSync(join(dir, "package.json"), "utf8");
  } catch (error) {
    if (error.code === "ENOENT" || error.code === "ENOTDIR") return {};
    throw error;
  }
  const targets = Object.values(JSON.parse(text).exports ?? {});
  const named = targets.filter((target) => target.default?.startsWith(prefix));
  return Object.fromEntries(
    named.map((target) => [
      target.default.slice(prefix.length, -".js".length),
      join(dir, target["@plimsoll/source"]),
    ]),
  );
}

async function bundle(entries, out) {
  const { build } = await import("esbuild");
  const { metafile } = await build({
    entryPoints: entries,
    outdir: out,
    bundle: true,
    splitting: true,
    packages: "external",
    format: "esm",
    platform: "node",
    target: "node20.19",
    legalComments: "none",
    logLevel: "warning",
    metafile: true,
  });
  const made = new Set(Object.keys(metafile.outputs).map((path) => basename(path)));
  for (const file of readdirSync(out)) if (!made.has(file)) rmSync(join(out, file));
}

const modifiedAt = (path) => statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? 0;

/** When the newest source was changed; tests are no part of a bundle. */
function newest(dir) {
  return Math.max(
    // A file that was removed.
    modifiedAt(dir),
    ...readdirSync(dir, { withFileTypes: true }).map((entry) => {
      const path = join(dir, entry.name);
      if (entry.isDirectory()) return newest(path);
      return /(?<!\.test)\.ts$/.test(entry.name) ? modifiedAt(path) : 0;
    }),
  );
}
