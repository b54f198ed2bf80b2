import type { ModelConfig } from "../model-config.ts";
import type { ModelFiles } from "../model-files.ts";
import type { ModelStatus, SwapResult, VersionStatus } from "../models.ts";
import type { Runner } from "../runner/runner.ts";

/** A swap that is under way. */
export interface RunningSwap {
  readonly candidate: ModelFiles;
  readonly identity: string;
  readonly force: boolean;
  readonly result: Promise<SwapResult>;
  readonly cancel: AbortController;
  /** Callers that wait for its result. */
  waiting: number;
}

/** What is known of one model in this process. */
export interface ModelEntry {
  readonly name: string;
  /** Counts the moves of the alias. */
  generation: number;
  /** The alias. */
  serving: Runner | undefined;
  /** What served before, to go back to. */
  previous: ModelFiles | undefined;
  /** All versions, the serving one and those that drain included, oldest first. */
  readonly runners: Set<Runner>;
  /** Versions that could not be taken, by version, the last few. */
  readonly failures: Map<string, VersionStatus>;
  config: ModelConfig;
  pinned: boolean;
  swap: RunningSwap | undefined;
  /** Versions that are being loaded beside the serving one, by identity. */
  readonly beside: Map<string, Promise<void>>;
  shadow: { readonly version: string; compared: number; disagreed: number } | undefined;
}

const keptFailures = 5;

/** A model of which nothing is known yet. */
export const newEntry = (name: string): ModelEntry => ({
  name,
  generation: 0,
  serving: undefined,
  previous: undefined,
  runners: new Set(),
  failures: new Map(),
  config: {},
  pinned: false,
  swap: undefined,
  beside: new Map(),
  shadow: undefined,
});

/** Keeps a version that could not be taken in the status, with its reason. */
export function noteFailure(
  { failures }: ModelEntry,
  runner: Runner,
  reason: NonNullable<VersionStatus["reason"]>,
): void {
  const { version } = runner.files;
  failures.delete(version);
  failures.set(version, { ...versionStatus(runner), state: "failed", reason });
  for (const oldest of [...failures.keys()].slice(0, -keptFailures)) failures.delete(oldest);
}

function versionStatus(runner: Runner): VersionStatus {
  const { loaded, files, digest, state, reason, loadedAt, loadMs, memoryBytes, pid } = runner;
  return {
    version: files.version,
    digest,
    state,
    ...(reason === undefined ? {} : { reason }),
    ...(loadedAt === undefined ? {} : { loadedAt }),
    ...(loadMs === undefined ? {} : { loadMs }),
    ...(memoryBytes === 0 ? {} : { memoryBytes }),
    ...(pid === undefined ? {} : { pid }),
    ...(loaded === undefined ? {} : { maxBatch: loaded.maxBatch }),
    inputs: loaded?.inputs ?? [],
    outputs: loaded?.outputs ?? [],
    requests: runner.requests,
    errors: runner.errors,
    latency: runner.latency.percentiles(),
  };
}

/** The entry in the words of `Models.status`. */
export function modelStatus(entry: ModelEntry): ModelStatus {
  const { name, generation, serving, runners, failures, config, pinned, shadow } = entry;
  return {
    model: name,
    generation,
    ...(serving === undefined ? {} : { serving: serving.files.version }),
    versions: [...failures.values(), ...[...runners].map(versionStatus)],
    pinned,
    queued: [...runners].reduce((total, { queued }) => total + queued, 0),
    config,
    ...(shadow === undefined ? {} : { shadow: { ...shadow } }),
  };
}
