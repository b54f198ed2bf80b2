import type { Figures } from "./series.ts";

/** One run of the bench. */
export interface BenchRun {
  /** ISO 8601. */
  readonly at: string;
  /** What it ran on: only runs of the same kind are compared. */
  readonly machine: string;
  readonly figures: Figures;
}

/** Runs that are kept, a year of nights. */
const keep = 365;
const maxBytes = 32 * 1024 * 1024;

/**
 * Reads the runs before, oldest first. The file comes from an earlier run of a workflow: what is not of this form is an
 * error, never taken in half.
 *
 * @throws Error with what is wrong.
 */
export function readHistory(text: string): readonly BenchRun[] {
  if (text.length > maxBytes) throw new Error(`more than ${maxBytes} bytes`);
  const document = JSON.parse(text) as { readonly format?: unknown; readonly runs?: unknown };
  if (document.format !== 1 || !Array.isArray(document.runs)) {
    throw new Error("no history of format 1");
  }
  return document.runs.map((run: unknown, index) => {
    const { at, machine, figures } = (run ?? {}) as Partial<Record<keyof BenchRun, unknown>>;
    const isRun =
      typeof at === "string" &&
      typeof machine === "string" &&
      typeof figures === "object" &&
      figures !== null &&
      Object.values(figures).every((value) => typeof value === "number");
    if (!isRun) throw new Error(`run ${index}: not a run of the bench`);
    return { at, machine, figures: figures as Figures };
  });
}

/** The history with one run more, as it is kept. */
export function writeHistory(runs: readonly BenchRun[]): string {
  return `${JSON.stringify({ format: 1, runs: runs.slice(-keep) }, undefined, 1)}\n`;
}
