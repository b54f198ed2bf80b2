import type { ModelConfig } from "../model-config.ts";

/** Fewer predictions than this are never judged. */
export const leastJudged = 20;

/** Codes that are the caller's doing, or nobody's: they say nothing about a version. */
const notItsFault: ReadonlySet<string> = new Set([
  "E_INPUT",
  "E_MEDIA",
  "E_BUSY",
  "E_ABORTED",
  "E_CLOSED",
  "E_USAGE",
]);

interface Outcome {
  readonly durationMs: number;
  readonly code: string | undefined;
}

/** Why a version should be taken back. */
export interface Verdict {
  readonly code: string;
  readonly message: string;
}

const percent = (share: number): string => `${Math.round(share * 1000) / 10} %`;

function mostFrequent(codes: readonly string[]): string {
  const counts = new Map<string, number>();
  for (const code of codes) counts.set(code, (counts.get(code) ?? 0) + 1);
  return [...counts].sort(([, a], [, b]) => b - a)[0]?.[0] ?? "E_MODEL";
}

/** The last predictions of one version, held against the limits of its configuration. */
export class Judge {
  #last: Outcome[] = [];

  /** Notes how a prediction ended, and says whether the version must go. */
  add(
    durationMs: number,
    code: string | undefined,
    limits: ModelConfig["rollback"],
  ): Verdict | undefined {
    if (limits === undefined) {
      this.#last = [];
      return undefined;
    }
    if (code !== undefined && notItsFault.has(code)) return undefined;
    this.#last.push({ durationMs, code });
    const extra = this.#last.length - (limits.window ?? 100);
    if (extra > 0) this.#last.splice(0, extra);
    const seen = this.#last.length;
    if (seen < leastJudged) return undefined;
    const failed = this.#last.flatMap((each) => each.code ?? []);
    const { max_error_rate, max_latency_ms, max_non_finite } = limits;
    const notFinite = failed.filter((each) => each === "E_OUTPUT").length / seen;
    if (max_non_finite !== undefined && notFinite > max_non_finite) {
      const message = `${percent(notFinite)} of ${seen} answers had numbers that are not finite`;
      return { code: "E_OUTPUT", message };
    }
    const rate = failed.length / seen;
    if (max_error_rate !== undefined && rate > max_error_rate) {
      return {
        code: mostFrequent(failed),
        message: `${percent(rate)} of ${seen} predictions failed`,
      };
    }
    const sorted = this.#last.map((each) => each.durationMs).sort((a, b) => a - b);
    const p95 = sorted[Math.ceil(seen * 0.95) - 1] ?? 0;
    if (max_latency_ms !== undefined && p95 > max_latency_ms) {
      const message = `95 % of ${seen} predictions took up to ${Math.round(p95)} ms`;
      return { code: "E_TIMEOUT", message };
    }
    return undefined;
  }

  /** Forgets what it saw. */
  reset(): void {
    this.#last = [];
  }
}
