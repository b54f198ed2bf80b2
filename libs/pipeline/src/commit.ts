import { readFile } from "node:fs/promises";
import { dirname, join } from "node:path";

const variables = [
  "PLIMSOLL_COMMIT",
  "GITHUB_SHA",
  "CI_COMMIT_SHA",
  "RENDER_GIT_COMMIT",
  "RAILWAY_GIT_COMMIT_SHA",
  "SOURCE_COMMIT",
] as const;

/** The commit of the code that trains: from the build system's variables, else from a Git checkout around `dir`. */
export async function currentCommit(
  env: Readonly<Record<string, string | undefined>>,
  dir = process.cwd(),
): Promise<string | undefined> {
  for (const name of variables) {
    const value = env[name];
    if (value !== undefined && /^[0-9a-f]{7,64}$/.test(value)) return value;
  }
  for (let folder = dir; ; folder = dirname(folder)) {
    const head = await text(join(folder, ".git", "HEAD"));
    if (head !== undefined) return await resolveHead(join(folder, ".git"), head);
    if (dirname(folder) === folder) return undefined;
  }
}

async function resolveHead(git: string, head: string): Promise<string | undefined> {
  const ref = /^ref: (refs\/[\w./-]+)$/.exec(head)?.[1];
  if (ref === undefined) return isCommit(head);
  const loose = await text(join(git, ref));
  if (loose !== undefined) return isCommit(loose);
  const packed = (await text(join(git, "packed-refs"))) ?? "";
  const line = packed.split("\n").find((each) => each.endsWith(` ${ref}`));
  return line === undefined ? undefined : isCommit(line.slice(0, line.indexOf(" ")));
}

const isCommit = (value: string): string | undefined =>
  /^[0-9a-f]{40}(?:[0-9a-f]{24})?$/.test(value) ? value : undefined;

async function text(path: string): Promise<string | undefined> {
  return (await readFile(path, "utf8").catch(() => undefined))?.trim();
}
