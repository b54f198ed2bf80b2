import { execFileSync } from "node:child_process";
import { cp, mkdir, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";

export interface RepositoryOptions {
  readonly workspace: string;
  readonly dir: string;
  readonly tag: string;
  /** Files by path, besides those of the workspace. */
  readonly files: Readonly<Record<string, string | Uint8Array>>;
}

/** A repository like the workspace with files of a release, its commit on `main` tagged. Gives its path and commit. */
export async function makeRepository({
  workspace,
  dir,
  tag,
  files,
}: RepositoryOptions): Promise<{ readonly path: string; readonly commit: string }> {
  const git = (...args: readonly string[]): string =>
    execFileSync("git", args, {
      cwd: dir,
      encoding: "utf8",
      env: {
        ...process.env,
        GIT_AUTHOR_NAME: "rehearsal",
        GIT_AUTHOR_EMAIL: "rehearsal@localhost",
        GIT_COMMITTER_NAME: "rehearsal",
        GIT_COMMITTER_EMAIL: "rehearsal@localhost",
        GIT_CONFIG_GLOBAL: "/dev/null",
      },
    }).trim();
  await mkdir(dir, { recursive: true });
  const list = ["ls-files", "-z", "--cached", "--others", "--exclude-standard"];
  const names = execFileSync("git", list, { cwd: workspace, encoding: "utf8", maxBuffer: 1 << 26 });
  for (const name of names.split("\0").filter(Boolean)) {
    await cp(join(workspace, name), join(dir, name)).catch((error: NodeJS.ErrnoException) => {
      // Removed from the folder, and not yet from the index.
      if (error.code !== "ENOENT") throw error;
    });
  }
  for (const [name, content] of Object.entries(files)) {
    await mkdir(dirname(join(dir, name)), { recursive: true });
    await writeFile(join(dir, name), content);
  }
  git("init", "--quiet", "--initial-branch", "main");
  git("add", "--all", "--force", "--", ".");
  git("commit", "--quiet", "--message", "weights of the next release");
  git("tag", tag);
  return { path: dir, commit: git("rev-parse", "HEAD") };
}
