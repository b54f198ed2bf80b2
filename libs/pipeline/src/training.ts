import type { RunConfig } from "./runs/run-config.ts";
import type { RunRecord, RunState } from "./runs/run-record.ts";
import type { RunEvent } from "./runs/run-event.ts";
import type { SampleLimits } from "./samples/check-sample.ts";
import type { SampleQuotas } from "./samples/quotas.ts";
import type { SampleRules } from "./samples/samples.ts";

/** How one model's loop is set up. */
export interface ModelTraining extends SampleRules {
  readonly run?: RunConfig;
  /** Cron expression: a run is asked for then, in UTC. */
  readonly schedule?: string;
  /** A run is asked for when so many samples came since the last one; default: never by itself. */
  readonly newSamples?: number;
}

export interface TrainingOptions {
  readonly storeUrl: string;
  /** Folder of this machine for samples on their way and for the work of runs. */
  readonly dir: string;
  /** By model. A model that is not named gets `defaults`. */
  readonly models?: Readonly<Record<string, ModelTraining>>;
  readonly defaults?: ModelTraining;
  readonly limits?: SampleLimits;
  readonly quotas?: SampleQuotas;
  /** `redis://…`: workers on any machines take the runs. Default: a child process of this one. */
  readonly redisUrl?: string;
  /** Called when a run has ended, on whatever machine: the place to take a promoted version at once. */
  readonly onEnded?: (record: RunRecord) => void;
  /** Between looks at what happened elsewhere; default 2,000. */
  readonly pollMs?: number;
  /**
   * Between looks whether enough new samples came or a run was cut off; default 60,000; 0: only what is asked for is
   * done, and no schedule is kept.
   */
  readonly watchMs?: number;
  readonly allowHttp?: boolean;
  /** Default: that of the build system or of the Git checkout, where one says. */
  readonly commit?: string;
  /** Default: the process's. */
  readonly env?: Readonly<Record<string, string | undefined>>;
  readonly now?: () => Date;
  readonly log?: (line: string) => void;
  /** Module with `trainModel` for the processes that work; default the training room's. */
  readonly trainModule?: string;
  readonly lockMs?: number;
  readonly beatMs?: number;
}

/** A sample as a route took it in. */
export interface UploadedSample {
  readonly model?: string;
  readonly className: string;
  readonly bytes: Uint8Array;
  readonly fileName?: string;
  /** Address of the client. */
  readonly from?: string;
  readonly signal?: AbortSignal;
}

/** Where it went. */
export interface TakenSample {
  readonly path: string;
  readonly class: string;
  /** False while it waits on this disk. */
  readonly stored: boolean;
  /** These bytes were there already. */
  readonly duplicate?: boolean;
  readonly quarantined?: string;
}

export interface RetrainWish {
  readonly model?: string;
  readonly min_samples?: number;
  readonly min_new_samples?: number;
  readonly trigger_reason?: string;
}

export interface RetrainReply {
  success: boolean;
  message: string;
  status: "started" | "in_progress" | "not_enough_samples";
  run?: string;
  have?: number;
  need?: number;
}

/** A run as clients see it. */
export interface ShownRun {
  id: string;
  model: string;
  state: RunState;
  stage?: string;
  progress: number;
  reason?: string;
  createdAt: string;
  startedAt?: string;
  endedAt?: string;
  version?: string;
  baseline?: string;
  samples?: Record<string, number>;
  metrics?: Record<string, number>;
  baselineMetrics?: Record<string, number>;
  confusion?: { classes: string[]; counts: number[][] };
  curve: {
    epoch: number;
    loss?: number;
    accuracy?: number;
    valLoss?: number;
    valAccuracy?: number;
  }[];
  error?: { code: string; message: string };
}

export interface ShownDataset {
  model: string;
  samples: number;
  /** Since the last training. */
  newSamples: number;
  quarantined: number;
  classes: Record<string, number>;
}

export interface ShownDatasetDetails extends ShownDataset {
  quarantine: { id: string; class: string; reason: string; size?: number; at?: string }[];
}

/** Samples and retraining of the models in one store. Throws `PipelineError` and what the store throws. */
export interface Training {
  upload(sample: UploadedSample): Promise<TakenSample>;
  /** At once: the run goes on in the background. */
  retrain(wish: RetrainWish): Promise<RetrainReply>;
  /** Newest first. */
  runs(): Promise<readonly ShownRun[]>;
  /** Throws `E_NOT_FOUND`. */
  run(id: string): Promise<ShownRun>;
  /** The run's present state, then what happens, ending with the run. */
  events(id: string, options: { readonly signal: AbortSignal }): AsyncIterable<RunEvent>;
  cancel(id: string): Promise<ShownRun>;
  datasets(): Promise<readonly ShownDataset[]>;
  dataset(model: string): Promise<ShownDatasetDetails>;
  close(): Promise<void>;
}
