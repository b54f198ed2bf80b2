import { execFile } from "node:child_process";
import { basename, dirname, resolve } from "node:path";
import { promisify } from "node:util";
import type { Finding } from "./finding.ts";

const run = promisify(execFile);
const check = "manifest: git";

/** Whether the manifest that a deployment will find is this one: tracked by Git and without changes. */
export async function checkCommitted(path: string): Promise<Finding> {
  const cwd = dirname(resolve(path));
  const name = basename(path);
  const git = async (...args: string[]): Promise<string> =>
    (await run("git", args, { cwd, timeout: 30_000 })).stdout.trim();
  const add = `git add -f ${path} && git commit -m "weights"`;
  try {
    await git("rev-parse", "--is-inside-work-tree");
  } catch (error) {
    const hasGit = (error as NodeJS.ErrnoException).code !== "ENOENT";
    const detail = hasGit ? "not in a Git repository" : "git is not installed here";
    return { check, state: "skipped", detail };
  }
  const status = await git("status", "--porcelain", "--ignored", "--", name);
  if (status.startsWith("!!") || (await git("ls-files", "--", name)) === "") {
    const why = status.startsWith("!!") ? "ignored by Git" : "not committed";
    return { check, state: "broken", detail: `${path} is ${why}`, fix: add, code: "E_NOT_FOUND" };
  }
  if (status !== "") {
    const detail = `${path} has changes that are not committed`;
    return { check, state: "broken", detail, fix: add, code: "E_MISMATCH" };
  }
  return {
    check,
    state: "ok",
    detail: `committed as ${await git("log", "-1", "--format=%h %cs", "--", name)}`,
  };
}
