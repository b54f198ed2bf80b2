import { spawnSync } from "node:child_process";
import { dirname } from "node:path";
import { fileURLToPath } from "node:url";

export interface ChildOptions {
  /** The cache that is open as `cache` in the child. */
  readonly dir: string;
  /** An expression; what it gives, or the code and message of its error, is printed. */
  readonly code: string;
  /** Shell words that node is run behind: `ulimit -f 8; exec`, `exec strace …`. */
  readonly behind?: string;
  /** User and group id. */
  readonly uid?: number;
}

/** Runs code of this room in a process of its own. */
export function runChild(options: ChildOptions): { readonly out: string; readonly err: string } {
  const here = dirname(fileURLToPath(import.meta.url));
  const text = `import { openCache } from "../open-cache.ts";
    import { bring, weights } from "./stock.ts";
    const cache = await openCache({ dir: ${JSON.stringify(options.dir)} });
    try { console.log(await (${options.code})); } catch (e) { console.log(e.code, e.message); }`;
  const args = ["--conditions=@plimsoll/source", "--import", "tsx", "--input-type=module", "-e"];
  const script = `${options.behind ?? "exec"} "$0" "$@"`;
  const run = spawnSync("sh", ["-c", script, process.execPath, ...args, text], {
    cwd: here,
    ...(options.uid !== undefined && { uid: options.uid, gid: options.uid }),
    env: { PATH: process.env["PATH"], HOME: "/nonexistent", TSX_DISABLE_CACHE: "1" },
    encoding: "utf8",
  });
  return { out: run.stdout, err: run.stderr };
}
