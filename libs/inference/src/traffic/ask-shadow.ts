import type { Core } from "../host/core.ts";
import type { ModelEntry } from "../host/model-entry.ts";
import type { ModelInput } from "../model-input.ts";
import type { Answer } from "../runner/job.ts";
import { disagree } from "./disagree.ts";
import { findRunner } from "./pick-runner.ts";

/**
 * Asks the shadow version the same, when it has nothing else to do, and counts whether it would have told the client
 * something else. Nobody waits for it, and an error of it counts as a disagreement.
 */
export async function askShadow(
  core: Core,
  entry: ModelEntry,
  input: ModelInput,
  answer: Answer,
): Promise<void> {
  const version = entry.config.traffic?.shadow;
  if (version === undefined || version === answer.version || core.closed) return;
  const runner = findRunner(entry, version);
  if (runner === undefined || runner.busy) return;
  if (entry.shadow?.version !== version) entry.shadow = { version, compared: 0, disagreed: 0 };
  const counts = entry.shadow;
  let other = true;
  try {
    const { output } = await runner.predict({ input, bound: true });
    other = disagree(answer.output, output);
  } catch {
    // It did not answer at all.
  }
  counts.compared += 1;
  if (other) counts.disagreed += 1;
}
