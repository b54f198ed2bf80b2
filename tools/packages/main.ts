import { execFileSync } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdir, readFile, rm } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { published } from "./published.ts";
import { writePackage } from "./write-package.ts";

/**
 * `npm run build -- [folder]`: publishable packages of all projects, as folders and as `.tgz`, in `dist/packages`. The
 * code must be built before (`tools/build.mjs`, the dashboard by Vite): the script in package.json does both.
 */
const root = fileURLToPath(new URL("../..", import.meta.url));
const out = process.argv[2] ?? join(root, "dist/packages");
const { version, repository } = JSON.parse(await readFile(join(root, "package.json"), "utf8")) as {
  readonly version: string;
  readonly repository: { readonly url: string };
};

await rm(out, { recursive: true, force: true });
await mkdir(out, { recursive: true });
for (const project of published) {
  if (!existsSync(join(root, project.folder, "package.json"))) {
    throw new Error(`${project.folder}: no such project`);
  }
  const { dir, name, files, size } = await writePackage(root, project, out, {
    version,
    repository: repository.url,
  });
  const pack = ["pack", "--silent", "--ignore-scripts", "--pack-destination", out];
  const tarball = execFileSync("npm", pack, { cwd: dir, encoding: "utf8" }).trim();
  const kilobytes = (size / 1024).toFixed(0);
  console.log(
    `${name.padEnd(22)} ${String(files).padStart(5)} files ${kilobytes.padStart(7)} KB  ${tarball}`,
  );
}
