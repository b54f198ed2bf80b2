import { orderFaults } from "./fsync-order.ts";
import type { Point } from "./points.ts";
import { type Outcome, record, runPoint } from "./run-point.ts";
import { openSandbox, type Sandbox } from "./sandbox.ts";

/** What a sweep found. */
export interface SweepResult {
  /** Points that there are. */
  readonly points: number;
  /** Points that were tried. */
  readonly tried: number;
  /** How often each outcome came, by what was done: `signal=KILL` → `killed` → 212. */
  readonly outcomes: Readonly<Record<string, Readonly<Record<string, number>>>>;
  /** What is wrong, a line each; empty as it should be. */
  readonly faults: readonly string[];
}

export interface SweepOptions {
  /** Tries only every so many points; default 1. */
  readonly every?: number;
  /** Tries only points whose text contains this. */
  readonly only?: string;
  /** Where the sync reads from: a folder, or a web server with ranges, over several connections. Default `file`. */
  readonly from?: "file" | "http";
  /** Points that are tried at one time, each in a sandbox of its own; default 1. */
  readonly atOnce?: number;
  readonly onFault?: (fault: string) => void;
  readonly onPoint?: (text: string, done: number, all: number) => void;
}

/**
 * Kills a small sync at every call that changes the disk and fails each of its calls with the errors of a disk, one at a
 * time; after each the files must be old or whole new, and the next sync must finish. The order of flushes is read from
 * the trace (rows D1 to D5).
 */
export async function sweep(options: SweepOptions = {}): Promise<SweepResult> {
  const { every = 1, only = "", from = "file", atOnce = 1 } = options;
  const sandboxes: Sandbox[] = [];
  try {
    for (let index = 0; index < atOnce; index++) sandboxes.push(await openSandbox(from));
    const [first] = sandboxes;
    if (first === undefined) throw new RangeError("atOnce is a number from 1");
    const { calls, points } = await record(first);
    const isFinal = (path: string): boolean =>
      path.startsWith(`${first.root}/app/`) || path.startsWith(`${first.root}/cache/v1/sha256/`);
    const faults = orderFaults(calls, isFinal).map((fault) => `D5: ${fault}`);
    const chosen = points.filter((point) => textOf(point).includes(only));
    const tried = chosen.filter((_point, index) => index % every === 0);
    const outcomes: Record<string, Record<string, number>> = {};
    const left = tried.entries();
    const work = async (sandbox: Sandbox): Promise<void> => {
      for (const [index, point] of left) {
        const text = textOf(point);
        options.onPoint?.(text, index, tried.length);
        let outcome: Outcome | "wrong";
        try {
          outcome = await runPoint(sandbox, point);
        } catch (error) {
          outcome = "wrong";
          faults.push(`${text}: ${error instanceof Error ? error.message : String(error)}`);
          options.onFault?.(faults.at(-1) ?? "");
        }
        const counts = (outcomes[point.what] ??= {});
        counts[outcome] = (counts[outcome] ?? 0) + 1;
      }
    };
    await Promise.all(sandboxes.map(work));
    return { points: points.length, tried: tried.length, outcomes, faults };
  } finally {
    for (const sandbox of sandboxes) await sandbox.remove();
  }
}

const textOf = ({ name, number, what }: Point): string => `${name} ${number} ${what}`;
