import { unlink, type FileHandle } from "node:fs/promises";
import { ByteRanges, type ByteRange } from "./byte-ranges.ts";
import { diskError } from "./disk-error.ts";
import { openOwnFile } from "./partial-file.ts";

/** What a host said of the object that bytes came from. */
export interface JournalSource {
  /** Piece of the file, from 0. */
  readonly piece: number;
  /** Fingerprint of the request's URL: that may carry a signature and is not written down. */
  readonly url: string;
  /** See `validatorOf`. */
  readonly validator: string;
}

/** What a journal tells about the partial file beside it. */
export interface JournalState {
  /** Bytes of the whole file as it travels. */
  readonly size: number;
  readonly done: ByteRanges;
  readonly sources: readonly JournalSource[];
  /** Bytes of the journal that were understood: the next line goes there. */
  readonly length: number;
}

type Entry =
  | { readonly plimsoll: 1; readonly sha256: string; readonly size: number }
  | { readonly source: JournalSource }
  | { readonly done: readonly (readonly [number, number])[] }
  | { readonly clear: readonly [number, number] };

/** A journal longer than this is not one of ours: a file of 64 GiB stays below. */
const maxBytes = 4_194_304;

/**
 * `<partial>.journal`: which bytes of the partial file were written, one JSON object a line, appended after the data.
 * It is a hint: what it claims is digested again before it counts. So it needs no fsync, and one that cannot be read
 * means to begin anew.
 */
export class Journal {
  readonly path: string;
  readonly #handle: FileHandle;
  #at: number;
  #writing: Promise<void> = Promise.resolve();

  private constructor(path: string, handle: FileHandle, at: number) {
    this.path = path;
    this.#handle = handle;
    this.#at = at;
  }

  /** Begins a journal for bytes of this digest and size; an older one is replaced. */
  static async create(path: string, sha256: string, size: number): Promise<Journal> {
    const journal = await Journal.#open(path, 0);
    await journal.#append({ plimsoll: 1, sha256, size });
    return journal;
  }

  /** Goes on after what `readJournal` understood. */
  static continue(path: string, state: JournalState): Promise<Journal> {
    return Journal.#open(path, state.length);
  }

  static async #open(path: string, at: number): Promise<Journal> {
    const { handle, size } = await openOwnFile(path);
    try {
      if (size !== at) await handle.truncate(at);
    } catch (error) {
      await handle.close();
      throw diskError(error, path);
    }
    return new Journal(path, handle, at);
  }

  /** Notes bytes that the kernel has. */
  done(ranges: readonly ByteRange[]): Promise<void> {
    return this.#append({ done: ranges.map(({ start, end }) => [start, end] as const) });
  }

  /** Notes that these bytes do not count any more. */
  clear(start: number, end: number): Promise<void> {
    return this.#append({ clear: [start, end] });
  }

  source(source: JournalSource): Promise<void> {
    return this.#append({ source });
  }

  async close(): Promise<void> {
    await this.#writing.catch(() => undefined);
    await this.#handle.close();
  }

  #append(entry: Entry): Promise<void> {
    const line = Buffer.from(`${JSON.stringify(entry)}\n`);
    const at = this.#at;
    this.#at += line.length;
    this.#writing = this.#writing.then(async () => {
      await this.#handle.write(line, 0, line.length, at).catch((error: unknown) => {
        throw diskError(error, this.path);
      });
    });
    return this.#writing;
  }
}

/** Unlinks a journal that may be absent. */
export async function removeJournal(path: string): Promise<void> {
  await unlink(path).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== "ENOENT") throw diskError(error, path);
  });
}

/**
 * What an earlier run noted for bytes of this digest (and size, where that is known), or undefined where the journal is
 * absent, of other bytes, damaged, or claims more than the partial file has. A torn last line is left out.
 */
export async function readJournal(
  path: string,
  wanted: { readonly sha256: string; readonly size: number | undefined },
  partialBytes: number,
): Promise<JournalState | undefined> {
  const own = await openOwnFile(path, { mustExist: true });
  if (own === undefined) return undefined;
  const { handle } = own;
  let text = "";
  try {
    if (own.size > 0 && own.size <= maxBytes) text = await handle.readFile("utf8");
  } catch (error) {
    throw diskError(error, path);
  } finally {
    await handle.close();
  }
  const whole = text.slice(0, text.lastIndexOf("\n") + 1);
  const [head, ...lines] = whole.split("\n").slice(0, -1).map(parseLine);
  const size = head?.["size"];
  if (head?.["plimsoll"] !== 1 || head["sha256"] !== wanted.sha256) return undefined;
  if (!isBytes(size) || (wanted.size ?? size) !== size) return undefined;
  const done = new ByteRanges();
  const sources: JournalSource[] = [];
  for (const line of lines) {
    if (!apply(line, done, sources)) return undefined;
  }
  if (done.end > Math.min(size, partialBytes)) return undefined;
  return { size, done, sources, length: Buffer.byteLength(whole) };
}

function apply(
  line: Readonly<Record<string, unknown>> | undefined,
  done: ByteRanges,
  sources: JournalSource[],
): boolean {
  const { done: added, clear, source } = line ?? {};
  if (Array.isArray(added) && added.every(isPair)) {
    for (const [start, end] of added) done.add(start, end);
  } else if (isPair(clear)) done.remove(clear[0], clear[1]);
  else if (isSource(source)) sources.push(source);
  else return false;
  return true;
}

function parseLine(line: string): Readonly<Record<string, unknown>> | undefined {
  try {
    const value: unknown = JSON.parse(line);
    return typeof value === "object" ? ((value ?? {}) as Record<string, unknown>) : undefined;
  } catch {
    return undefined;
  }
}

const isBytes = (value: unknown): value is number =>
  Number.isSafeInteger(value) && Number(value) >= 0;

function isPair(value: unknown): value is [number, number] {
  if (!Array.isArray(value) || value.length !== 2) return false;
  const [start, end] = value as unknown[];
  return isBytes(start) && isBytes(end) && start < end;
}

function isSource(value: unknown): value is JournalSource {
  const source = value as Partial<JournalSource> | null | undefined;
  return (
    isBytes(source?.piece) && typeof source.url === "string" && typeof source.validator === "string"
  );
}
