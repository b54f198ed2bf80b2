import { InferenceError } from "../error.ts";
import type { Core } from "../host/core.ts";
import type { ModelEntry } from "../host/model-entry.ts";
import { versionIdentity } from "../host/version-identity.ts";
import type { ModelFiles } from "../model-files.ts";
import type { SwapOptions } from "../models.ts";
import { findRunner } from "../traffic/pick-runner.ts";
import { openCandidate } from "./open-candidate.ts";

/** `Models.loadBeside`: a version that passed the gates stands beside the serving one, for traffic to find. */
export async function openBeside(
  core: Core,
  candidate: ModelFiles,
  options: SwapOptions = {},
): Promise<void> {
  const entry = core.entryOf(candidate.model);
  const identity = versionIdentity(candidate);
  const known = findRunner(entry, candidate.version);
  if (known?.identity === identity) return known.start();
  const running = entry.beside.get(identity);
  if (running !== undefined) return running;
  const result = open(core, entry, candidate, options).finally(() => entry.beside.delete(identity));
  entry.beside.set(identity, result);
  await result;
  // Other bytes under the same name, unless they serve.
  if (known !== undefined && known !== entry.serving) void core.retire(entry, known);
}

async function open(
  core: Core,
  entry: ModelEntry,
  candidate: ModelFiles,
  { force = false, signal }: SwapOptions,
): Promise<void> {
  const cancel = new AbortController();
  const abort = (): void =>
    cancel.abort(new InferenceError("E_ABORTED", `${entry.name}: loading was cancelled`));
  if (signal?.aborted === true) abort();
  signal?.addEventListener("abort", abort, { once: true });
  try {
    await openCandidate(core, entry, candidate, { force, signal: cancel.signal });
  } finally {
    signal?.removeEventListener("abort", abort);
  }
}
