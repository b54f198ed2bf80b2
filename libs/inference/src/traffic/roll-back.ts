import type { Core } from "../host/core.ts";
import { type ModelEntry, noteFailure } from "../host/model-entry.ts";
import type { Runner } from "../runner/runner.ts";
import { swapModel } from "../swap/swap-model.ts";
import { Judge, type Verdict } from "./judge.ts";

/**
 * Takes a version back: a canary or shadow is unloaded and gets no more traffic, the serving one is replaced by the one
 * before it. Either is remembered as refused. The first version ever has nothing to go back to, and stays.
 */
async function takeBack(
  core: Core,
  entry: ModelEntry,
  runner: Runner,
  { code, message }: Verdict,
): Promise<void> {
  const { version } = runner.files;
  const { previous } = entry;
  const isServing = entry.serving === runner;
  // A swap that is under way replaces it anyway.
  if (isServing && (previous === undefined || entry.swap !== undefined)) return;
  core.tell(entry.name, { type: "rolled-back", version, code, message });
  noteFailure(entry, runner, { code, message });
  // From here on no traffic finds a canary.
  const gone = isServing ? undefined : core.retire(entry, runner);
  const at = new Date(core.now()).toISOString();
  const told = `${entry.name} ${version}: taken back: ${message}`;
  await core.refused.add(runner.identity, { model: entry.name, version, code, message: told, at });
  await gone;
  if (!isServing || previous === undefined) return;
  await swapModel(core, previous, { force: true });
  // Never back to the one that was just taken back.
  entry.previous = undefined;
}

/** Judges every prediction of every version by the limits of its configuration. */
export function watchOutcomes(core: Core): void {
  const judges = new WeakMap<Runner, Judge>();
  core.onOutcome = (entry, runner, durationMs, code) => {
    if (runner.retired || !runner.approved || core.closed) return;
    let judge = judges.get(runner);
    if (judge === undefined) judges.set(runner, (judge = new Judge()));
    const verdict = judge.add(durationMs, code, entry.config.rollback);
    if (verdict === undefined) return;
    judge.reset();
    // Where going back fails as well, the version stays, and is judged again.
    takeBack(core, entry, runner, verdict).catch(() => undefined);
  };
}
