import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { projects, root } from "./workspace.ts";

/** Which rooms can throw a code, by code. Read from the union that each room's `src/error.ts` declares. */
export async function thrownCodes(): Promise<ReadonlyMap<string, readonly string[]>> {
  const rooms = new Map<string, string[]>();
  for (const { path, name } of await projects()) {
    const source = await readFile(join(root, path, "src", "error.ts"), "utf8").catch(() => "");
    const union = /export type \w+ErrorCode =([^;]+);/.exec(source)?.[1] ?? "";
    for (const [, code = ""] of union.matchAll(/"(E_[A-Z_]+)"/g)) {
      rooms.set(code, [...(rooms.get(code) ?? []), name]);
    }
  }
  return rooms;
}

/** Exit code of every code, from the command line's own table. Apps are not imported, only read. */
export async function exitCodes(): Promise<Readonly<Record<string, number>>> {
  const file = pathToFileURL(join(root, "apps/cli/src/exit-code.ts")).href;
  const module = (await import(file)) as { readonly exitCodes: Readonly<Record<string, number>> };
  return module.exitCodes;
}
