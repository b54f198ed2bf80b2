import type { ChunkCheck } from "./chunk-check.ts";
import type { SourceState } from "./sources.ts";
import { StopTree } from "./stop-tree.ts";

/** Bytes that a lane is bringing. */
export class Task {
  /** The next byte. */
  at: number;
  /** Infinity while nobody knows it. */
  end: number;
  /** Digests its chunks, where they are known. */
  readonly check: ChunkCheck | undefined;
  /** Ends its request. */
  readonly stop: StopTree;
  /** Who is asked. */
  state: SourceState | undefined;
  /** When its present request began, and where. */
  began = { at: 0, time: 0 };
  /** Another lane brings the same bytes, too. */
  isHedged = false;
  /** That other lane was faster: this one ends. */
  isOvertaken = false;
  /** When no write of it is under way any more. */
  readonly over: Promise<void>;
  readonly #over: () => void;
  isOver = false;

  constructor(at: number, end: number, check: ChunkCheck | undefined, parent: StopTree) {
    this.at = at;
    this.end = end;
    this.check = check;
    this.stop = new StopTree(parent);
    let resolved = (): void => undefined;
    this.over = new Promise((resolve) => {
      resolved = resolve;
    });
    this.#over = resolved;
  }

  /** Milliseconds until its end at the present speed; Infinity for one that stands still. */
  expectedMs(now: number): number {
    const bytes = this.at - this.began.at;
    const ms = now - this.began.time;
    return bytes > 0 ? ((this.end - this.at) * ms) / bytes : Infinity;
  }

  /** Bytes a second of its present request. */
  rate(now: number): number {
    return ((this.at - this.began.at) / Math.max(1, now - this.began.time)) * 1000;
  }

  overtake(): void {
    this.isOvertaken = true;
    this.stop.stop(new Error("another source was faster"));
  }

  finish(): void {
    this.isOver = true;
    this.stop.end();
    this.#over();
  }
}
