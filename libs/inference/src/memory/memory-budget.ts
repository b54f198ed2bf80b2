import { setTimeout } from "node:timers/promises";
import { printable } from "@plimsoll/manifest";
import { InferenceError } from "../error.ts";
import type { Runner } from "../runner/runner.ts";
import { estimateMemory } from "./estimate-memory.ts";

/** Milliseconds that a busy version stays at least before it makes room for another. */
const turnMs = 2000;

/** Milliseconds between two looks at memory that will be free soon, and how long to look. */
const lookMs = 50;
const longestMs = 60_000;

/** Where memory is looked for. */
export interface MemoryBudgetOptions {
  /** Bytes for this process and all children; undefined: no limit. */
  readonly limitBytes: number | undefined;
  /** Bytes that this process takes. */
  readonly ownBytes: () => number;
  /** Bytes that a version counts for, from those that its process reported. */
  readonly countBytes: (reportedBytes: number) => number;
  /** All versions, with whether they may be evicted. */
  readonly runners: () => Iterable<{ readonly runner: Runner; readonly pinned: boolean }>;
  readonly now: () => number;
  readonly onEvict: (runner: Runner) => void;
}

export type SwapPlan = "side-by-side" | "unload-first";

const mib = (bytes: number): string => `${Math.round(bytes / 1_048_576)} MiB`;

/**
 * Memory of all versions together. Whoever starts one asks first: others that nobody uses make room, the longest unused
 * first, then others that are in use take turns with it. Where even that is not enough, the start is refused with the
 * numbers, before the system would end the whole process.
 */
export class MemoryBudget {
  readonly #options: MemoryBudgetOptions;
  /** Bytes promised to versions that are being loaded. */
  readonly #promised = new Map<Runner, number>();
  #last: Promise<unknown> = Promise.resolve();

  constructor(options: MemoryBudgetOptions) {
    this.#options = options;
  }

  get limitBytes(): number | undefined {
    return this.#options.limitBytes;
  }

  /** Bytes that are taken or promised. */
  usedBytes(): number {
    let total = this.#options.ownBytes();
    for (const { runner } of this.#options.runners()) total += this.bytesOf(runner);
    return total;
  }

  /** Bytes that one version takes: as told by its process, or promised to it. */
  bytesOf(runner: Runner): number {
    const { memoryBytes } = runner;
    const taken = memoryBytes === 0 ? 0 : this.#options.countBytes(memoryBytes);
    return Math.max(taken, this.#promised.get(runner) ?? 0);
  }

  /** Ends a promise: the version is loaded and measured, or gone. */
  settle(runner: Runner): void {
    this.#promised.delete(runner);
  }

  /**
   * Makes room for a version. `replaces`: the serving one that would be unloaded first if nothing else helps; the caller
   * does that.
   *
   * @throws InferenceError `E_MEMORY` with the numbers.
   */
  admit(runner: Runner, replaces?: Runner): Promise<SwapPlan> {
    const { peakBytes } = estimateMemory(runner.files);
    // Not behind others, who may wait for just this one.
    if ((this.#promised.get(runner) ?? 0) >= peakBytes) return Promise.resolve("side-by-side");
    const turn = this.#last.then(async () => {
      for (let waitedMs = 0; ; waitedMs += lookMs) {
        const plan = await this.#admit(runner, replaces, peakBytes, waitedMs < longestMs);
        if (plan !== undefined) return plan;
        await setTimeout(lookMs);
      }
    });
    this.#last = turn.catch(() => undefined);
    return turn;
  }

  /** Undefined: not now, but when one that is being loaded or that drains is done. */
  async #admit(
    runner: Runner,
    replaces: Runner | undefined,
    peakBytes: number,
    mayWait: boolean,
  ): Promise<SwapPlan | undefined> {
    const { limitBytes, onEvict } = this.#options;
    if (limitBytes === undefined) {
      this.#promised.set(runner, peakBytes);
      return "side-by-side";
    }
    const free = (): number => limitBytes - this.usedBytes();
    const sum = (of: readonly Runner[]): number =>
      of.reduce((total, each) => total + this.bytesOf(each), 0);
    const others = this.#others(runner, replaces);
    const idle = others.filter(({ busy }) => !busy);
    const busy = others.filter((each) => each.busy);
    const old = replaces === undefined ? 0 : this.bytesOf(replaces);
    // Least harm first: versions that nobody uses, then a pause of this model, then pauses of others.
    const enoughIdle = free() + sum(idle) >= peakBytes;
    const enoughOld = free() + sum(idle) + old >= peakBytes;
    if (!enoughOld && free() + sum(others) + old < peakBytes) {
      if (mayWait && this.#changesSoon(runner)) return undefined;
      throw this.#refusal(runner, peakBytes, sum(others) + old);
    }
    const plan: SwapPlan = enoughIdle || old === 0 ? "side-by-side" : "unload-first";
    const lacking = (): boolean => free() + (plan === "unload-first" ? old : 0) < peakBytes;
    for (const victim of [...idle, ...(enoughIdle || enoughOld ? [] : busy)]) {
      if (!lacking()) break;
      if (victim.busy) await this.#leaveTime(victim);
      if (victim.starting || victim.state !== "ready") continue;
      onEvict(victim);
      await victim.evict();
    }
    if (lacking()) {
      if (mayWait && this.#changesSoon(runner)) return undefined;
      throw this.#refusal(runner, peakBytes, old);
    }
    this.#promised.set(runner, peakBytes);
    return plan;
  }

  /** Whether another version is on its way, and can be evicted then, or drains, and frees its memory. */
  #changesSoon(runner: Runner): boolean {
    return [...this.#options.runners()].some(({ runner: other, pinned }) => {
      if (other === runner || this.bytesOf(other) === 0) return false;
      return other.retired || (!pinned && (other.state !== "ready" || other.starting));
    });
  }

  /** Where models take turns, each keeps its turn for a while, or loading would be all that is done. */
  async #leaveTime({ loadedAt }: Runner): Promise<void> {
    const { now } = this.#options;
    const leftMs = (loadedAt?.getTime() ?? 0) + turnMs - now();
    if (leftMs > 0) await setTimeout(Math.min(leftMs, turnMs));
  }

  /** Loaded versions that may make room, the longest unused first. */
  #others(runner: Runner, replaces: Runner | undefined): readonly Runner[] {
    return [...this.#options.runners()]
      .filter(({ pinned, runner: other }) => !pinned && other !== runner && other !== replaces)
      .map((each) => each.runner)
      .filter((each) => each.state === "ready" && !each.starting)
      .sort((a, b) => a.usedAt - b.usedAt);
  }

  #refusal({ files }: Runner, peakBytes: number, evictable: number): InferenceError {
    const { limitBytes = 0 } = this.#options;
    const used = this.usedBytes();
    return new InferenceError(
      "E_MEMORY",
      `${printable(files.model)} ${printable(files.version)}: loading needs about ${mib(peakBytes)}, of ${mib(limitBytes)} ${mib(used)} are in use and ${mib(evictable)} of these could be freed: unload or unpin models, or raise the memory limit`,
      { retryAfterSeconds: 5 },
    );
  }
}
