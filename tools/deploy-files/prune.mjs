import { lstat, readdir, rm } from "node:fs/promises";
import { join } from "node:path";

/** What no program loads: types, maps, pages to read and tests of others. Licences stay. */
const unused = /\.(?:d\.[cm]?ts|[cm]?ts|map|markdown|md|flow)$|^(?:tsconfig.*\.json|\..*)$/;
const licence = /licen[cs]e|notice|copying/i;

/** Bytes of all files below a folder; 0 for one that is absent. */
export async function folderSize(dir) {
  const sizes = (await filesBelow(dir)).map(async (path) => (await lstat(path)).size);
  return (await Promise.all(sizes)).reduce((sum, size) => sum + size, 0);
}

/**
 * Removes from `node_modules` what one platform never loads: binaries of other platforms, and files that are not code.
 * `musl` keeps those of Alpine instead of those of glibc.
 */
export async function prune(modules, { platform, arch, musl = false }) {
  const runtimes = join(modules, "onnxruntime-node", "bin");
  for (const abi of await names(runtimes)) {
    for (const os of await names(join(runtimes, abi))) {
      for (const cpu of await names(join(runtimes, abi, os))) {
        if (os !== platform || cpu !== arch) await remove(join(runtimes, abi, os, cpu));
      }
      if (os !== platform) await remove(join(runtimes, abi, os));
    }
  }
  const wanted = `${platform}${musl ? "musl" : ""}-${arch}`;
  for (const name of await names(join(modules, "@img"))) {
    const [, built] = /^sharp(?:-libvips)?-(.+)$/.exec(name) ?? [];
    if (built !== undefined && built !== wanted) await remove(join(modules, "@img", name));
  }
  for (const path of await filesBelow(modules)) {
    const name = path.slice(path.search(/[^/\\]*$/));
    if (unused.test(name) && !licence.test(name)) await remove(path);
  }
}

const remove = (path) => rm(path, { recursive: true, force: true });

async function names(dir) {
  return await readdir(dir).catch(() => []);
}

async function filesBelow(dir) {
  const entries = await readdir(dir, { recursive: true, withFileTypes: true }).catch(() => []);
  return entries
    .filter((entry) => !entry.isDirectory())
    .map((entry) => join(entry.parentPath, entry.name));
}
