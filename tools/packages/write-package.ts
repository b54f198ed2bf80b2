import { cp, mkdir, readdir, readFile, rm, stat, writeFile } from "node:fs/promises";
import { basename, join, relative } from "node:path";
import { packageJson, type WorkspacePackage } from "./package-json.ts";
import type { Published } from "./published.ts";

/** Tests and what only they use, and what only a debugger in the workspace would open. */
const left = /\.(?:test|real\.test)\.|(?:^|[/\\])testing(?:[/\\]|$)|\.map$|\.tsbuildinfo$|\.built$/;

/** A package folder that was written, ready for `npm pack`. */
export interface WrittenPackage {
  readonly name: string;
  readonly dir: string;
  /** Bytes, unpacked. */
  readonly size: number;
  readonly files: number;
}

/** Writes the publishable form of one project into `out/<name>`; its built code must be there. */
export async function writePackage(
  root: string,
  project: Published,
  out: string,
  release: { readonly version: string; readonly repository: string },
): Promise<WrittenPackage> {
  const from = join(root, project.folder);
  const own = JSON.parse(await readFile(join(from, "package.json"), "utf8")) as WorkspacePackage;
  const dir = join(out, own.name.replace("@", "").replace("/", "-"));
  await rm(dir, { recursive: true, force: true });
  await mkdir(dir, { recursive: true });
  const manifest = packageJson(own, project, release);
  await writeFile(join(dir, "package.json"), `${JSON.stringify(manifest, undefined, 2)}\n`);
  const isBundled = JSON.stringify(own.exports ?? {}).includes("./dist/bundle/");
  for (const folder of ["dist", ...(own.bin ? ["bin"] : []), ...(project.extra ?? [])]) {
    await cp(join(from, folder), join(dir, folder), {
      recursive: true,
      filter: (path) =>
        !left.test(relative(from, path)) &&
        basename(path) !== "node_modules" &&
        !(isBundled && isInBundle(relative(from, path))),
    });
  }
  for (const [name, copied] of Object.entries(project.copies ?? {})) {
    await cp(join(root, copied), join(dir, name), {
      recursive: true,
      filter: (path) => !left.test(relative(join(root, copied), path)),
    });
  }
  await cp(join(root, "LICENSE"), join(dir, "LICENSE"));
  const readme = join(from, "README.md");
  const hasOwn = await stat(readme).then(
    () => true,
    () => false,
  );
  const text = hasOwn
    ? await readFile(readme, "utf8")
    : `# ${own.name}\n\n${own.description}\n\nPart of [Plimsoll](${release.repository.replace(/^git\+|\.git$/g, "")}), which takes model weights from training to deployment.\n`;
  await writeFile(join(dir, "README.md"), text);
  const files = await filesBelow(dir);
  for (const path of files) await unmap(path);
  const sizes = await Promise.all(files.map(async (path) => (await stat(path)).size));
  return {
    name: own.name,
    dir,
    size: sizes.reduce((sum, size) => sum + size, 0),
    files: files.length,
  };
}

/** Modules that are in the bundle already; their types stay. */
const isInBundle = (path: string): boolean =>
  path.endsWith(".js") && !path.startsWith(join("dist", "bundle"));

/** Takes the line away that names a source map, which is not published. */
async function unmap(path: string): Promise<void> {
  if (!/\.(?:js|d\.ts)$/.test(path)) return;
  const text = await readFile(path, "utf8");
  const changed = text.replace(/\n\/\/# sourceMappingURL=[^\n]*\n?$/, "\n");
  if (changed !== text) await writeFile(path, changed);
}

async function filesBelow(dir: string): Promise<string[]> {
  const entries = await readdir(dir, { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name));
}
