import type { FetchEvent } from "./fetch-request.ts";

/** Shortest time between two progress events of one file. */
const intervalMs = 100;
/** Share of the time that a callback may take: after a call of 5 ms the next progress is not told for 95 ms more. */
const callbackShare = 0.05;

/**
 * Tells events of one file. Progress is coalesced to ten a second, fewer if the callback is slow; what it throws, or
 * rejects with later, is its own affair: the transfer goes on.
 */
export class Reporter {
  readonly #onEvent: ((event: FetchEvent) => unknown) | undefined;
  readonly #name: string;
  readonly #now: () => number;
  #quietUntil = -Infinity;

  constructor(
    name: string,
    onEvent: ((event: FetchEvent) => unknown) | undefined,
    now: () => number,
  ) {
    this.#name = name;
    this.#onEvent = onEvent;
    this.#now = now;
  }

  tell(event: FetchEvent): void {
    if (this.#onEvent === undefined) return;
    const began = this.#now();
    try {
      const answer = this.#onEvent(event);
      if (answer instanceof Promise) answer.catch(() => undefined);
    } catch {
      // A progress bar's failure must not fail a download.
    }
    const ended = this.#now();
    this.#quietUntil = ended + Math.max(intervalMs, (ended - began) / callbackShare);
  }

  /** Called for every block; `bytes` of the file are here. */
  progress(bytes: number, size: number | undefined): void {
    if (this.#onEvent === undefined || this.#now() < this.#quietUntil) return;
    this.tell({ type: "progress", name: this.#name, bytes, size });
  }
}
