import { randomBytes } from "node:crypto";
import { mkdir, open, readFile, rename, rm } from "node:fs/promises";
import { dirname } from "node:path";
import { PipelineError } from "../error.ts";

/** The result of a finished stage in the work folder: it is there whole, or the stage is not finished. */
export async function writeWork(path: string, value: unknown): Promise<void> {
  await writeDurably(path, Buffer.from(JSON.stringify(value)));
}

/** What `writeWork` wrote, or undefined. */
export async function readWork<Value>(path: string): Promise<Value | undefined> {
  const text = await readFile(path, "utf8").catch(() => undefined);
  if (text === undefined) return undefined;
  try {
    return JSON.parse(text) as Value;
  } catch {
    return undefined;
  }
}

/** Writes a file whole or not at all. Throws `E_DISK`. */
export async function writeDurably(path: string, bytes: Uint8Array): Promise<void> {
  const part = `${path}.${randomBytes(4).toString("hex")}.part`;
  try {
    await mkdir(dirname(path), { recursive: true });
    const file = await open(part, "w", 0o600);
    try {
      await file.writeFile(bytes);
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(part, path);
  } catch (cause) {
    await rm(part, { force: true }).catch(() => undefined);
    throw diskError(cause, path);
  }
}

/** An error of the file system as one of this room. Errors of other rooms pass as they are. */
export function diskError(cause: unknown, path: string): unknown {
  const { code, path: where } = cause as { readonly code?: unknown; readonly path?: unknown };
  if (typeof code !== "string" || code.startsWith("E_") || !/^E[A-Z]+$/.test(code)) return cause;
  const isFull = code === "ENOSPC" || code === "EDQUOT";
  const reason = isFull ? "the disk is full: free space and start the run again" : code;
  const file = typeof where === "string" ? where : path;
  return new PipelineError("E_DISK", `${file}: ${reason}`, { cause });
}
