import { InferenceError } from "../error.ts";
import { checkGolden } from "../golden/check-golden.ts";
import type { Core } from "../host/core.ts";
import { type ModelEntry, noteFailure } from "../host/model-entry.ts";
import type { SwapPlan } from "../memory/memory-budget.ts";
import type { ModelFiles } from "../model-files.ts";
import type { Runner } from "../runner/runner.ts";
import { checkSignature, type Signature } from "./check-signature.ts";

/** What a candidate has to pass. */
export interface CandidateOptions {
  /** Takes another signature, and a version that was refused before. */
  readonly force: boolean;
  /** Aborted with an InferenceError: somebody else came first, or nobody wants it any more. */
  readonly signal: AbortSignal;
  /** The serving version, if it may be unloaded first where memory is short. */
  readonly replaces?: Runner;
}

/** What says something about a version, and not about the moment. */
const remembered: ReadonlySet<string> = new Set(["E_MODEL", "E_SIGNATURE", "E_GOLDEN"]);

/** Throws why the caller does not want it any more. */
export function checkWanted(signal: AbortSignal): void {
  if (!signal.aborted) return;
  const { reason } = signal as { readonly reason: unknown };
  throw reason instanceof InferenceError ? reason : new InferenceError("E_ABORTED", "cancelled");
}

const signatureOf = ({ files, loaded }: Runner): Signature => ({
  version: files.version,
  inputs: loaded?.inputs ?? [],
  outputs: loaded?.outputs ?? [],
  ...(files.metadata?.classes === undefined ? {} : { classes: files.metadata.classes }),
});

/**
 * Starts a candidate beside the serving version and puts it through the gates: digest and format (in its own process),
 * signature, warm-up, golden inputs. Where memory is short, the serving version is unloaded first, and loaded again if the
 * candidate fails.
 *
 * @throws InferenceError why it was not taken; nothing is left of it then, and the serving version serves.
 */
export async function openCandidate(
  core: Core,
  entry: ModelEntry,
  candidate: ModelFiles,
  { force, signal, replaces }: CandidateOptions,
): Promise<{ readonly runner: Runner; readonly plan: SwapPlan }> {
  const runner = core.addRunner(entry, candidate);
  const cancel = (): void => {
    const { reason } = signal as { readonly reason: unknown };
    void core.retire(entry, runner, 0, reason instanceof InferenceError ? reason : undefined);
  };
  signal.addEventListener("abort", cancel, { once: true });
  let plan: SwapPlan = "side-by-side";
  try {
    const known = force ? undefined : await core.refused.find(runner.identity);
    if (known !== undefined) {
      throw new InferenceError(
        known.code as InferenceError["code"],
        `${known.message} (found at ${known.at}; swap with force to try it again)`,
      );
    }
    checkWanted(signal);
    plan = await core.budget.admit(runner, replaces);
    checkWanted(signal);
    if (plan === "unload-first") await replaces?.hold();
    checkWanted(signal);
    await runner.start();
    const { serving } = entry;
    if (!force && serving?.loaded !== undefined) {
      checkSignature(signatureOf(serving), signatureOf(runner));
    }
    await checkGolden(runner);
    checkWanted(signal);
    entry.failures.delete(candidate.version);
    runner.approved = true;
    if (force) await core.refused.forget(runner.identity);
    return { runner, plan };
  } catch (cause) {
    await core.retire(entry, runner, 0);
    if (plan === "unload-first") {
      replaces?.release();
      await replaces?.start().catch(() => undefined);
    }
    if (signal.aborted) checkWanted(signal);
    if (cause instanceof InferenceError) await remember(core, entry, runner, cause);
    throw cause;
  } finally {
    signal.removeEventListener("abort", cancel);
  }
}

async function remember(
  core: Core,
  entry: ModelEntry,
  runner: Runner,
  { code, message }: InferenceError,
): Promise<void> {
  noteFailure(entry, runner, { code, message });
  const { version } = runner.files;
  // The gates tell nobody else; a load that failed did.
  if (runner.reason === undefined || runner.reason.message !== message) {
    core.tell(entry.name, { type: "failed", version, code, message });
  }
  if (!remembered.has(code) || (await core.refused.find(runner.identity)) !== undefined) return;
  const at = new Date(core.now()).toISOString();
  await core.refused.add(runner.identity, { model: entry.name, version, code, message, at });
}
