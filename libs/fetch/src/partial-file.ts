import { constants } from "node:fs";
import { mkdir, open, rename, unlink, type FileHandle } from "node:fs/promises";
import { dirname } from "node:path";
import { diskError } from "./disk-error.ts";
import { FetchError } from "./error.ts";

interface OwnFile {
  readonly handle: FileHandle;
  readonly size: number;
}

/**
 * Opens a file of our own for unproven bytes. Never through a link, never a device or a pipe, never a file that has a
 * second name: what someone planted there stays untouched (row D9). With `mustExist` an absent one is undefined.
 */
export async function openOwnFile(path: string): Promise<OwnFile>;
export async function openOwnFile(
  path: string,
  options: { readonly mustExist: true },
): Promise<OwnFile | undefined>;
export async function openOwnFile(
  path: string,
  options?: { readonly mustExist: true },
): Promise<OwnFile | undefined> {
  const { O_RDWR, O_CREAT, O_NOFOLLOW, O_NONBLOCK } = constants;
  const flags = O_RDWR | O_NOFOLLOW | O_NONBLOCK | (options === undefined ? O_CREAT : 0);
  let handle: FileHandle | undefined;
  try {
    handle = await open(path, flags, 0o666).catch(async (error: NodeJS.ErrnoException) => {
      if (error.code !== "ENOENT" || options !== undefined) throw error;
      await mkdir(dirname(path), { recursive: true });
      return await open(path, flags, 0o666);
    });
    const stat = await handle.stat();
    if (!stat.isFile() || stat.nlink !== 1) {
      const what = stat.isFile() ? "a file with a second hard link" : "not a regular file";
      throw new FetchError("E_DISK", `${path}: ${what} is in the way: remove it`);
    }
    return { handle, size: stat.size };
  } catch (error) {
    await handle?.close();
    const code = (error as NodeJS.ErrnoException).code;
    if (options?.mustExist && code === "ENOENT") return undefined;
    throw diskError(error, path);
  }
}

/** The file that unproven bytes are written to, out of order, until it is renamed to its final path. */
export class PartialFile {
  readonly path: string;
  /** Bytes that were in it when it was opened. */
  readonly earlierBytes: number;
  readonly #handle: FileHandle;
  #closed = false;

  private constructor(path: string, { handle, size }: OwnFile) {
    this.path = path;
    this.#handle = handle;
    this.earlierBytes = size;
  }

  /** Opens or creates it; `E_DISK` where a link or a special file is in the way. */
  static async open(path: string): Promise<PartialFile> {
    return new PartialFile(path, await openOwnFile(path));
  }

  /** For readers in this process; owned by this object. */
  get fd(): number {
    return this.#handle.fd;
  }

  /** Writes all of `block`; resolves when the kernel has it. */
  async write(block: Uint8Array, position: number): Promise<void> {
    for (let at = 0; at < block.length;) {
      const left = block.length - at;
      const { bytesWritten } = await this.#guard(
        this.#handle.write(block, at, left, position + at),
      );
      at += bytesWritten;
    }
  }

  async truncate(size: number): Promise<void> {
    await this.#guard(this.#handle.truncate(size));
  }

  /** Starts to bring written bytes to the disk, or waits until they are there. A failure means data is lost (row D3). */
  async sync(): Promise<void> {
    await this.#guard(this.#handle.datasync());
  }

  /** fsync, then rename: whoever sees `to` sees all of it. The folder's own fsync is the caller's. */
  async publish(to: string): Promise<void> {
    await this.#guard(this.#handle.sync());
    await this.close();
    await rename(this.path, to).catch((error: unknown) => {
      throw diskError(error, to);
    });
  }

  async close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    await this.#guard(this.#handle.close());
  }

  async remove(): Promise<void> {
    await this.close();
    await unlink(this.path).catch((error: NodeJS.ErrnoException) => {
      if (error.code !== "ENOENT") throw diskError(error, this.path);
    });
  }

  async #guard<T>(work: Promise<T>): Promise<T> {
    try {
      return await work;
    } catch (error) {
      throw diskError(error, this.path);
    }
  }
}
