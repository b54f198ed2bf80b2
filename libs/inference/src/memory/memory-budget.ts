import { printable } from "@plimsoll/manifest";
import { InferenceError } from "../error.ts";
import type { Runner } from "../runner/runner.ts";
import { estimateMemory } from "./estimate-memory.ts";

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
  readonly onEvict: (runner: Runner) => void;
}

export type SwapPlan = "side-by-side" | "unload-first";

const mib = (bytes: number): string => `${Math.round(bytes / 1_048_576)} MiB`;

/**
 * Memory of all versions together. Whoever starts one asks first: others that nobody uses make room, the longest unused
 * first, or the start is refused with the numbers, before the system would end the whole process.
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
    const turn = this.#last.then(() => this.#admit(runner, replaces));
    this.#last = turn.catch(() => undefined);
    return turn;
  }

  async #admit(runner: Runner, replaces: Runner | undefined): Promise<SwapPlan> {
    const { limitBytes, onEvict } = this.#options;
    const { peakBytes } = estimateMemory(runner.files);
    const before = this.#promised.get(runner);
    if (before !== undefined && before >= peakBytes) return "side-by-side";
    if (limitBytes === undefined) {
      this.#promised.set(runner, peakBytes);
      return "side-by-side";
    }
    const free = (): number => limitBytes - this.usedBytes();
    const victims = this.#victims(runner, replaces);
    const evictable = victims.reduce((total, victim) => total + this.bytesOf(victim), 0);
    const old = replaces === undefined ? 0 : this.bytesOf(replaces);
    if (free() + evictable + old < peakBytes)
      throw this.#refusal(runner, peakBytes, evictable + old);
    const plan: SwapPlan = free() + evictable < peakBytes ? "unload-first" : "side-by-side";
    const lacking = (): boolean => free() + (plan === "unload-first" ? old : 0) < peakBytes;
    for (const victim of victims) {
      if (!lacking()) break;
      if (victim.busy || victim.starting || victim.state !== "ready") continue;
      onEvict(victim);
      await victim.evict();
    }
    if (lacking()) throw this.#refusal(runner, peakBytes, old);
    this.#promised.set(runner, peakBytes);
    return plan;
  }

  /** Loaded versions that nobody asks at the moment, the longest unused first. */
  #victims(runner: Runner, replaces: Runner | undefined): readonly Runner[] {
    return [...this.#options.runners()]
      .filter(({ pinned, runner: other }) => !pinned && other !== runner && other !== replaces)
      .map((each) => each.runner)
      .filter((each) => each.state === "ready" && !each.busy && !each.starting)
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
