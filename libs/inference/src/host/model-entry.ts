import type { ModelConfig } from "../model-config.ts";
import type { ModelStatus, SwapResult, VersionStatus } from "../models.ts";
import type { Runner } from "../runner/runner.ts";

/** A swap that is under way. */
export interface RunningSwap {
  readonly identity: string;
  readonly force: boolean;
  readonly result: Promise<SwapResult>;
  /** A newer one came. */
  supersede(): void;
}

/** What is known of one model in this process. */
export interface ModelEntry {
  readonly name: string;
  generation: number;
  serving: Runner | undefined;
  /** All versions, the serving one and those that drain included, oldest first. */
  readonly runners: Set<Runner>;
  config: ModelConfig;
  pinned: boolean;
  swap: RunningSwap | undefined;
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
    inputs: loaded?.inputs ?? [],
    outputs: loaded?.outputs ?? [],
    requests: runner.requests,
    errors: runner.errors,
    latency: runner.latency.percentiles(),
  };
}

/** The entry in the words of `Models.status`. */
export function modelStatus(entry: ModelEntry): ModelStatus {
  const { name, generation, serving, runners, config, pinned } = entry;
  return {
    model: name,
    generation,
    ...(serving === undefined ? {} : { serving: serving.files.version }),
    versions: [...runners].map(versionStatus),
    pinned,
    queued: [...runners].reduce((total, { queued }) => total + queued, 0),
    config,
  };
}
