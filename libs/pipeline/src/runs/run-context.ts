import type { Driver } from "@plimsoll/storage";
import type { StoreOpener } from "@plimsoll/weights";
import type { trainModel } from "@plimsoll/training";
import type { RunEvent } from "./run-event.ts";
import type { CurvePoint, RunProblem, RunRecord, RunStage } from "./run-record.ts";

/** The training itself: `trainModel` of the training room, or a test's. */
export type Train = typeof trainModel;
type TrainOptions = Parameters<Train>[0];
export type TrainSample = TrainOptions["samples"][number];
/** A version on this disk. */
export type LocalVersion = NonNullable<TrainOptions["previous"]>;
export type TrainingTask = TrainOptions["task"];

/** What every stage of a run has at hand. */
export interface RunContext {
  readonly store: Driver;
  /** As the stages of publishing open it for themselves. */
  readonly storeUrl: string;
  readonly openStore: StoreOpener;
  /** Of this run, removed at its end. */
  readonly workDir: string;
  /** Features by digest, kept between runs. */
  readonly featureDir: string;
  readonly signal: AbortSignal;
  readonly now: () => Date;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly train: Train;
  /** Lets other workers compute features before `train` needs them; default: nobody does. */
  readonly shareFeatures?: ((context: RunContext, plan: FeaturePlan) => Promise<void>) | undefined;
  record(): RunRecord;
  /** Changes the record and writes it. */
  update(change: Partial<RunRecord>): Promise<void>;
  addProblems(problems: readonly RunProblem[]): void;
  addPoint(point: CurvePoint): void;
  /** How far the stage is, 0 to 1; written now and then. */
  progress(share: number, stage?: string): void;
  /** Says that a stage begins, and that it is finished. */
  begin(stage: RunStage): Promise<void>;
  finish(stage: RunStage): Promise<void>;
  emit(event: Omit<RunEvent, "at" | "run">): void;
  log(line: string): void;
}

/** What `trainModel` will be called with, for those who prepare its features. */
export type FeaturePlan = Omit<TrainOptions, "signal" | "onProgress" | "now">;
