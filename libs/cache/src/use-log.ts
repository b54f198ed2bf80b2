import { isDigest } from "@plimsoll/manifest";
import { AppendLog, type AppendLogOptions } from "./append-log.ts";

/** A file of uses that has grown to this many lines is folded into one line a blob. */
const MANY_LINES = 20_000;

/** A process that asks for one blob several times within this time (to plan, then to place it) asks once. */
const ONE_ASK_MS = 10_000;

/** `hit`: asked for and here. `miss`: asked for and must be brought. `use`: placed or put in. */
export type Use = "hit" | "miss" | "use";

export interface Uses {
  readonly hits: number;
  readonly misses: number;
  /** Milliseconds since 1970, by digest. */
  readonly usedAt: ReadonlyMap<string, number>;
}

/**
 * Counts what the cache was good for and remembers when each blob was used last: lines `hit <ms> <sha256>`,
 * `miss <ms> <sha256>`, `use <ms> <sha256>`, and after folding one `count <hits> <misses>`. Losing a few is no fault.
 */
export class UseLog {
  readonly #log: AppendLog;
  readonly #now: () => number;
  readonly #asked = new Map<string, number>();
  #uses: Uses | undefined;

  constructor(options: AppendLogOptions & { readonly now: () => number }) {
    this.#log = new AppendLog(options);
    this.#now = options.now;
  }

  async note(use: Use, sha256: string): Promise<void> {
    const now = Math.floor(this.#now());
    if (use === "hit") {
      const askedAt = this.#asked.get(sha256);
      if (askedAt !== undefined && now >= askedAt && now - askedAt < ONE_ASK_MS) return;
      this.#asked.set(sha256, now);
    }
    this.#uses = undefined;
    await this.#log.append(`${use} ${now} ${sha256}`);
  }

  async read(): Promise<Uses> {
    if (this.#uses && !(await this.#log.changed())) return this.#uses;
    const lines = await this.#log.read();
    let hits = 0;
    let misses = 0;
    const usedAt = new Map<string, number>();
    for (const line of lines) {
      const [kind, first, second] = line.split(" ");
      const number = Number(first);
      if (second === undefined || !Number.isSafeInteger(number) || number < 0) continue;
      if (kind === "count") {
        const counted = Number(second);
        if (!Number.isSafeInteger(counted) || counted < 0) continue;
        hits += number;
        misses += counted;
      } else if (isDigest(second)) {
        if (kind === "hit") hits += 1;
        if (kind === "miss") misses += 1;
        // A miss is no use: the blob is not there yet.
        else usedAt.set(second, Math.max(number, usedAt.get(second) ?? 0));
      }
    }
    if (lines.length > MANY_LINES && lines.length > 2 * usedAt.size) {
      await this.#fold({ hits, misses, usedAt });
    }
    this.#uses = { hits, misses, usedAt };
    return this.#uses;
  }

  async #fold({ hits, misses, usedAt }: Uses): Promise<void> {
    const uses = [...usedAt].map(([sha256, ms]) => `use ${ms} ${sha256}`);
    await this.#log.replace([`count ${hits} ${misses}`, ...uses]);
  }
}
