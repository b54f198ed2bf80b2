import { constants, type BigIntStats } from "node:fs";
import { open, readFile, writeFile } from "node:fs/promises";
import { diskError, systemCode } from "./disk-error.ts";
import { renameOver, unlinkQuietly } from "./durable.ts";
import { look } from "./file-state.ts";

/** Larger ones are damaged or not ours. */
const MAX_BYTES = 64 << 20;

export interface AppendLogOptions {
  readonly path: string;
  /** A new path on the same file system, for replacing the file as a whole. */
  readonly temporary: () => string;
  /** Makes the folder, or says that nothing can be written. */
  readonly writable: () => Promise<boolean>;
  /** First line of a new file. */
  readonly header?: string;
}

/**
 * A file of lines that several processes add to. What it holds can be had again at some cost, so a lost line is no
 * fault: it is never flushed, a torn line is skipped by its reader, and no error of the disk reaches the caller.
 */
export class AppendLog {
  readonly #options: AppendLogOptions;
  #lines: string[] = [];
  #flush: Promise<void> | undefined;
  /** The file as it was when it was read, and with what was added here since. */
  #seen = "";

  constructor(options: AppendLogOptions) {
    this.#options = options;
  }

  /** Adds a line; lines that come while one is being written go out together. */
  append(line: string): Promise<void> {
    this.#lines.push(line);
    this.#flush ??= this.#write().finally(() => {
      this.#flush = undefined;
    });
    return this.#flush;
  }

  /** All lines there are, or none where the file is missing or is no plain file. */
  async read(): Promise<string[]> {
    const stats = await look(this.#options.path).catch(() => undefined);
    // Before the lines are read: lines that come meanwhile are at worst read twice.
    this.#seen = mark(stats);
    if (!stats?.isFile() || stats.size > MAX_BYTES) return [];
    try {
      return (await readFile(this.#options.path, "utf8")).split("\n");
    } catch {
      return [];
    }
  }

  /** Whether another process has changed the file since it was read. */
  async changed(): Promise<boolean> {
    await this.#flush;
    return mark(await look(this.#options.path).catch(() => undefined)) !== this.#seen;
  }

  /** Puts these lines in the place of all. A line that another process adds meanwhile may be lost. */
  async replace(lines: readonly string[]): Promise<void> {
    if (!(await this.#options.writable())) return;
    const { path, header } = this.#options;
    const temporary = this.#options.temporary();
    try {
      const all = header === undefined ? lines : [header, ...lines];
      await writeFile(temporary, `${all.join("\n")}\n`, { flag: "wx", mode: 0o644 });
      await renameOver(temporary, path);
    } catch (error) {
      await unlinkQuietly(temporary).catch(() => undefined);
      this.#tolerate(error);
    }
  }

  async #write(): Promise<void> {
    // One turn, so that calls of the same moment are one write.
    await Promise.resolve();
    while (this.#lines.length > 0) {
      const lines = this.#lines;
      this.#lines = [];
      try {
        if (await this.#options.writable()) await this.#add(lines);
      } catch (error) {
        this.#tolerate(error);
      }
    }
  }

  async #add(lines: readonly string[]): Promise<void> {
    const { path, header } = this.#options;
    const stats = await look(path);
    if (stats && !stats.isFile()) await unlinkQuietly(path);
    const { O_WRONLY, O_APPEND, O_CREAT, O_NOFOLLOW = 0 } = constants;
    const file = await open(path, O_WRONLY | O_APPEND | O_CREAT | O_NOFOLLOW, 0o644);
    try {
      const first = stats?.isFile() || header === undefined ? [] : [header];
      // The line break in front parts these lines from one that was torn.
      const bytes = Buffer.from(`\n${[...first, ...lines].join("\n")}\n`);
      const before = await file.stat({ bigint: true });
      await file.appendFile(bytes);
      const after = await file.stat({ bigint: true });
      const ours = after.size === before.size + BigInt(bytes.length);
      const known = mark(before) === this.#seen || (!stats && this.#seen === "");
      if (ours && known) this.#seen = mark(after);
    } finally {
      await file.close();
    }
  }

  #tolerate(error: unknown): void {
    if (systemCode(error) === undefined) throw diskError(error, this.#options.path, "write");
  }
}

function mark(stats: BigIntStats | undefined): string {
  return stats ? `${stats.dev}:${stats.ino}:${stats.size}` : "";
}
