import { execFile } from "node:child_process";
import { chmod, mkdir } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { fetchFile } from "@plimsoll/fetch";
import type { Linter } from "./linters.ts";

/**
 * Downloads a linter into a folder, proves its digest, unpacks it and gives the program's path.
 *
 * @throws Error for a platform without an archive, and what the download and `tar` throw: nothing that is not proven is
 * unpacked.
 */
export async function bringLinter(
  { name, version, archives }: Pick<Linter, "name" | "version" | "archives">,
  dir: string,
  platform = `${process.platform}-${process.arch}`,
): Promise<string> {
  const archive = archives[platform];
  if (archive === undefined) {
    throw new Error(
      `${name} ${version} is not pinned for ${platform}: install it, and name its folder with --programs`,
    );
  }
  await mkdir(dir, { recursive: true });
  const tarball = join(dir, `${name}-${version}.tar.gz`);
  const { url, sha256 } = archive;
  await fetchFile({ name: `${name} ${version}`, urls: [url], to: tarball, sha256 });
  const own = join(dir, `${name}-${version}`);
  await mkdir(own, { recursive: true });
  await promisify(execFile)("tar", ["-xzf", tarball, "-C", own]);
  const program = join(own, name);
  await chmod(program, 0o755);
  return program;
}
