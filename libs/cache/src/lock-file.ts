import { link, readFile, writeFile } from "node:fs/promises";
import { hostname } from "node:os";
import { systemCode } from "./disk-error.ts";
import { renameOver, unlinkQuietly } from "./durable.ts";
import { look } from "./file-state.ts";
import type { Layout } from "./layout.ts";

/** Where a file system has no hard links, `link` fails with one of these. */
const NO_LINKS = ["EPERM", "ENOTSUP", "EOPNOTSUPP", "ENOSYS", "EMLINK"];

export interface LockNote {
  readonly token: string;
  readonly pid: number;
  readonly host: string;
  /** ISO 8601. */
  readonly since: string;
}

/**
 * Makes a lock file, or gives false where one is there. It appears whole, by hard link, so that a process killed half
 * way leaves no lock that nobody can read; by exclusive creation where there are no hard links.
 */
export async function createLockFile(
  layout: Layout,
  path: string,
  token: string,
): Promise<boolean> {
  const temporary = layout.temporary(token);
  await writeFile(temporary, lockText(token), { flag: "wx", mode: 0o644 });
  try {
    return await unlessThere(() => link(temporary, path));
  } catch (error) {
    if (!NO_LINKS.includes(systemCode(error) ?? "")) throw error;
    return await unlessThere(() => writeFile(path, lockText(token), { flag: "wx", mode: 0o644 }));
  } finally {
    await unlinkQuietly(temporary);
  }
}

/** Puts a lock in the place of another, with no moment between them. */
export async function replaceLockFile(layout: Layout, path: string, token: string): Promise<void> {
  const temporary = layout.temporary(token);
  await writeFile(temporary, lockText(token), { flag: "wx", mode: 0o644 });
  await renameOver(temporary, path);
}

/** What a lock file says, or undefined where it is missing, is no plain file or cannot be read. */
export async function readLockFile(path: string): Promise<LockNote | undefined> {
  try {
    if (!(await look(path))?.isFile()) return undefined;
    const note: unknown = JSON.parse(await readFile(path, "utf8"));
    return isNote(note) ? note : undefined;
  } catch {
    return undefined;
  }
}

function isNote(value: unknown): value is LockNote {
  return (
    typeof value === "object" &&
    value !== null &&
    "token" in value &&
    typeof value.token === "string" &&
    /^[0-9a-z-]{1,100}$/.test(value.token) &&
    "pid" in value &&
    typeof value.pid === "number" &&
    "host" in value &&
    typeof value.host === "string" &&
    "since" in value &&
    typeof value.since === "string"
  );
}

function lockText(token: string): string {
  const note = { token, pid: process.pid, host: hostname(), since: new Date().toISOString() };
  return `${JSON.stringify(note satisfies LockNote)}\n`;
}

async function unlessThere(make: () => Promise<void>): Promise<boolean> {
  try {
    await make();
    return true;
  } catch (error) {
    if (systemCode(error) === "EEXIST") return false;
    throw error;
  }
}
