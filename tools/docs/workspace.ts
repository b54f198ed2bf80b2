import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

export const root = fileURLToPath(new URL("../..", import.meta.url));

/** A room or an app: one folder with a `package.json`. */
export interface Project {
  /** From the root, with `/`: `libs/manifest`. */
  readonly path: string;
  /** `manifest`, `cli`, `tools`. */
  readonly name: string;
  readonly packageName: string;
  /** One line that says what the room is for. */
  readonly description: string | undefined;
}

async function readProject(path: string): Promise<Project> {
  const text = await readFile(join(root, path, "package.json"), "utf8");
  const { name, description, nx } = JSON.parse(text) as {
    readonly name: string;
    readonly description?: string;
    readonly nx?: { readonly name?: string };
  };
  return { path, name: nx?.name ?? name, packageName: name, description };
}

/** Rooms first, then apps, then the tools. */
export async function projects(): Promise<readonly Project[]> {
  const paths: string[] = [];
  for (const group of ["libs", "apps"]) {
    const names = await readdir(join(root, group));
    paths.push(...names.sort().map((name) => `${group}/${name}`));
  }
  return Promise.all([...paths, "tools"].map(readProject));
}

/** Source files below a folder, tests left out, with `/`, from the root; a folder's own files before its folders. */
export async function sourceFiles(dir: string): Promise<readonly string[]> {
  const entries = await readdir(join(root, dir), { withFileTypes: true });
  entries.sort((a, b) => (a.name < b.name ? -1 : 1));
  const files = entries
    .filter((entry) => entry.isFile() && /\.(ts|mjs|cjs|js)$/.test(entry.name))
    .filter(({ name }) => !/\.test\.ts$|^jest\.config\./.test(name))
    .map(({ name }) => `${dir}/${name}`);
  const folders = entries.filter(
    (entry) => entry.isDirectory() && !/^(dist|node_modules|\..*)$/.test(entry.name),
  );
  const below = await Promise.all(folders.map(({ name }) => sourceFiles(`${dir}/${name}`)));
  return [...files, ...below.flat()];
}
