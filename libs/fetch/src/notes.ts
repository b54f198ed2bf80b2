import type { ByteRange } from "./byte-ranges.ts";
import { ByteRanges } from "./byte-ranges.ts";
import { Journal, removeJournal, type JournalSource } from "./journal.ts";

/**
 * The journal is written after so many new bytes, or so long, or this share of the time since the start where that is
 * longer: a fetch that takes a day writes some thousand lines, and a crash loses a hundredth of it.
 */
const journalBytes = 8_388_608;
const journalMs = 500;
const journalShare = 0.01;

/** Writes down what is done, now and then. */
export class Notes {
  readonly #path: string;
  readonly #now: () => number;
  /** Done, but not in the journal yet. */
  readonly #unnoted = new ByteRanges();
  readonly #openedAt: number;
  #notedAt: number;
  #journal: Journal | undefined;

  constructor(path: string, now: () => number, journal: Journal | undefined) {
    this.#path = path;
    this.#now = now;
    this.#journal = journal;
    this.#openedAt = now();
    this.#notedAt = this.#openedAt;
  }

  get isKept(): boolean {
    return this.#journal !== undefined;
  }

  /** Begins a journal, unless there is one. */
  async begin(sha256: string, size: number): Promise<void> {
    this.#journal ??= await Journal.create(this.#path, sha256, size);
  }

  async source(source: JournalSource): Promise<void> {
    await this.#journal?.source(source);
  }

  /** Bytes are done; gives a promise where that is being written now. */
  done({ start, end }: ByteRange): Promise<void> | undefined {
    this.#unnoted.add(start, end);
    if (this.#journal === undefined) return undefined;
    const now = this.#now();
    const pauseMs = Math.max(journalMs, (now - this.#openedAt) * journalShare);
    const isDue = now - this.#notedAt >= pauseMs || this.#unnoted.bytes >= journalBytes;
    return isDue ? this.write() : undefined;
  }

  /** Bytes do not count any more. */
  async clear(start: number, end: number): Promise<void> {
    this.#unnoted.remove(start, end);
    if (start < end) await this.#journal?.clear(start, Math.min(end, Number.MAX_SAFE_INTEGER));
  }

  /** Writes what is not written down yet. */
  async write(): Promise<void> {
    this.#notedAt = this.#now();
    const ranges = this.#unnoted.toArray();
    if (this.#journal === undefined || ranges.length === 0) return;
    for (const { start, end } of ranges) this.#unnoted.remove(start, end);
    await this.#journal.done(ranges);
  }

  async close(): Promise<void> {
    await this.#journal?.close();
  }

  /** Closes and removes the journal; `mayLie`: an earlier run may have left one. */
  async end(mayLie: boolean): Promise<void> {
    const isThere = this.#journal !== undefined || mayLie;
    await this.#journal?.close();
    this.#journal = undefined;
    if (isThere) await removeJournal(this.#path);
  }
}
