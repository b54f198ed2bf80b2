import { printable } from "@plimsoll/manifest";
import { InferenceError } from "../error.ts";
import type { Core } from "../host/core.ts";
import type { ModelEntry, RunningSwap } from "../host/model-entry.ts";
import { versionIdentity } from "../host/version-identity.ts";
import type { ModelFiles } from "../model-files.ts";
import type { SwapOptions, SwapResult } from "../models.ts";
import type { Runner } from "../runner/runner.ts";
import { findRunner } from "../traffic/pick-runner.ts";
import { checkWanted, openCandidate } from "./open-candidate.ts";

const superseded = (model: string): InferenceError =>
  new InferenceError(
    "E_SUPERSEDED",
    `${printable(model)}: a newer version was asked for meanwhile`,
  );

const cancelled = (model: string): InferenceError =>
  new InferenceError("E_ABORTED", `${printable(model)}: the swap was cancelled`);

async function unchanged(core: Core, entry: ModelEntry, serving: Runner): Promise<SwapResult> {
  const begin = core.now();
  await serving.start();
  return {
    model: entry.name,
    generation: entry.generation,
    version: serving.files.version,
    outcome: "unchanged",
    plan: "side-by-side",
    durationMs: core.now() - begin,
  };
}

async function replace(
  core: Core,
  entry: ModelEntry,
  candidate: ModelFiles,
  force: boolean,
  signal: AbortSignal,
): Promise<SwapResult> {
  const begin = core.now();
  const old = entry.serving;
  const named = findRunner(entry, candidate.version);
  const beside = named?.identity === versionIdentity(candidate) ? named : undefined;
  if (old !== undefined && beside === old) return unchanged(core, entry, old);
  let plan: SwapResult["plan"] = "side-by-side";
  let runner = beside;
  if (runner === undefined) {
    const replaces = old === undefined ? {} : { replaces: old };
    ({ runner, plan } = await openCandidate(core, entry, candidate, {
      force,
      signal,
      ...replaces,
    }));
  } else {
    await runner.start();
    checkWanted(signal);
  }
  // From here to the end nothing waits: a prediction sees the one version or the other.
  entry.serving = runner;
  entry.previous = old?.files;
  entry.generation += 1;
  if (plan === "unload-first") old?.moveQueue(runner);
  core.tell(entry.name, { type: "swapped", version: candidate.version });
  if (old !== undefined) void core.retire(entry, old);
  return {
    model: entry.name,
    generation: entry.generation,
    version: candidate.version,
    ...(old === undefined ? {} : { previous: old.files.version }),
    outcome: "swapped",
    plan,
    durationMs: core.now() - begin,
  };
}

/** Waits for a swap that others may wait for too; the last one that goes away cancels it. */
async function join(
  model: string,
  swap: RunningSwap,
  signal: AbortSignal | undefined,
): Promise<SwapResult> {
  swap.waiting += 1;
  let leave: () => void = () => undefined;
  const left = new Promise<never>((_, reject) => {
    leave = () => {
      swap.waiting -= 1;
      if (swap.waiting === 0) swap.cancel.abort(cancelled(model));
      reject(cancelled(model));
    };
  });
  left.catch(() => undefined);
  if (signal?.aborted === true) leave();
  signal?.addEventListener("abort", leave, { once: true });
  try {
    return await Promise.race([left, swap.result]);
  } finally {
    signal?.removeEventListener("abort", leave);
  }
}

/** `Models.swap`: one swap of a model at a time; equal requests share it, and a newer one ends it. */
export async function swapModel(
  core: Core,
  candidate: ModelFiles,
  { force = false, signal }: SwapOptions = {},
): Promise<SwapResult> {
  const entry = core.entryOf(candidate.model);
  const identity = versionIdentity(candidate);
  const running = entry.swap;
  if (running?.identity === identity && (running.force || !force)) {
    return join(entry.name, running, signal);
  }
  running?.cancel.abort(superseded(entry.name));
  const cancel = new AbortController();
  const turn = async (): Promise<SwapResult> => {
    await running?.result.catch(() => undefined);
    checkWanted(cancel.signal);
    core.checkOpen();
    return replace(core, entry, candidate, force, cancel.signal);
  };
  const result = turn().finally(() => {
    if (entry.swap === mine) entry.swap = undefined;
  });
  result.catch(() => undefined);
  const mine: RunningSwap = { candidate, identity, force, result, cancel, waiting: 0 };
  entry.swap = mine;
  return join(entry.name, mine, signal);
}
