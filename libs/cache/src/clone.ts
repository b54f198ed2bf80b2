import { chmod, constants, copyFile, link, open, unlink, type FileHandle } from "node:fs/promises";
import { dirname } from "node:path";
import { systemCode } from "./disk-error.ts";
import { look, sameState, stateOf, type FileState } from "./file-state.ts";
import { hashHandle, openPlain } from "./hash-file.ts";
import { expectSpace } from "./space.ts";

export type Way = "reflink" | "hardlink" | "copy";

export interface CloneRequest {
  /** A plain file whose bytes are proven to be `sha256` as long as it is as `state` says. */
  readonly from: string;
  readonly state: FileState;
  readonly sha256: string;
  /** A name that is not taken. */
  readonly to: string;
  /** Tried in this order; the last one must be "copy". */
  readonly ways: readonly Way[];
  readonly freeBytes: (folder: string) => Promise<number>;
  readonly signal?: AbortSignal;
}

/** Errors that another way would meet as well. */
const FINAL = ["ENOSPC", "EDQUOT", "ENOENT", "EIO", "EMFILE", "ENFILE", "EFBIG", "EROFS"];

/** Pairs of file systems between which a reflink or a hard link has failed, not to try it again for each file. */
export type Refusals = Set<string>;

/**
 * Makes a new file of proven bytes. A reflink shares blocks until one side is written to and is an own file; a hard
 * link is the same file; a copy is hashed while it is written. Reflinks and copies are flushed and get the original's
 * mtime and the mode of a new file. Gives undefined where `from` is no longer what was proven: nothing is left then.
 */
export async function clone(request: CloneRequest, refusals: Refusals): Promise<Way | undefined> {
  for (const way of request.ways) {
    const pair = `${way} ${request.state.dev} ${(await look(dirname(request.to)))?.dev ?? ""}`;
    if (way !== "copy" && refusals.has(pair)) continue;
    try {
      const proven = await make[way](request);
      if (proven) return way;
      await unlink(request.to);
      return undefined;
    } catch (error) {
      await unlink(request.to).catch(() => undefined);
      if (way === "copy" || FINAL.includes(systemCode(error) ?? "")) throw error;
      refusals.add(pair);
    }
  }
  return undefined;
}

const make: Readonly<Record<Way, (request: CloneRequest) => Promise<boolean>>> = {
  reflink: async ({ from, to, state }) => {
    const mode = await modeOfNew(to);
    await copyFile(from, to, constants.COPYFILE_FICLONE_FORCE | constants.COPYFILE_EXCL);
    // A clone takes over the mode of the cached file, which nobody may write to.
    await chmod(to, mode);
    const file = await open(to, "r+");
    try {
      await finish(file, state);
    } finally {
      await file.close();
    }
    return await isStill(from, state);
  },
  hardlink: async ({ from, to, state }) => {
    await link(from, to);
    return await isStill(to, state);
  },
  copy: async ({ from, to, state, sha256, freeBytes, signal }) => {
    await expectSpace(dirname(to), Number(state.size), freeBytes, "folder");
    const source = await openPlain(from);
    try {
      const file = await open(to, "wx", 0o666);
      try {
        const sink = async (block: Uint8Array, position: number): Promise<void> => {
          await writeAll(file, block, position);
        };
        const written = await hashHandle(source, signal ? { sink, signal } : { sink });
        await finish(file, state);
        return written === sha256;
      } finally {
        await file.close();
      }
    } finally {
      await source.close();
    }
  },
};

/** Which permissions this user's umask gives a new file. */
async function modeOfNew(path: string): Promise<number> {
  const file = await open(path, "wx", 0o666);
  try {
    return (await file.stat()).mode & 0o777;
  } finally {
    await file.close();
    await unlink(path);
  }
}

/** The original's time, so that the new file's state can be trusted at once as the original's is; then the disk. */
async function finish(file: FileHandle, { mtimeNs }: FileState): Promise<void> {
  const seconds = Number(mtimeNs) / 1e9;
  await file.utimes(seconds, seconds);
  await file.sync();
}

async function isStill(path: string, state: FileState): Promise<boolean> {
  const stats = await look(path);
  return stats !== undefined && sameState(stateOf(stats), state);
}

async function writeAll(file: FileHandle, block: Uint8Array, position: number): Promise<void> {
  let done = 0;
  while (done < block.length) {
    const { bytesWritten } = await file.write(block, done, block.length - done, position + done);
    done += bytesWritten;
  }
}
