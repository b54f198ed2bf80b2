import { executeRun } from "../runs/execute-run.ts";
import { trainModel } from "./fake-train.ts";
import type { RunStage } from "../runs/run-record.ts";

/** What a test tells a process of its own: work on a run, and die at a place. */
export interface Errand {
  readonly storeUrl: string;
  readonly model: string;
  readonly run: string;
  readonly workRoot: string;
  /** The process kills itself when this stage begins, or in the middle of `train`. */
  readonly dieAt?: RunStage | "epoch";
}

const { dieAt, ...errand } = JSON.parse(process.argv[2] ?? "") as Errand;
const die = (): void => void process.kill(process.pid, "SIGKILL");
const record = await executeRun({
  ...errand,
  train: trainModel,
  lockMs: 400,
  beatMs: 50,
  onStage: (stage) => {
    if (stage === dieAt) die();
  },
  onEvent: ({ type }) => {
    if (type === dieAt) die();
  },
});
process.stdout.write(`${JSON.stringify({ state: record.state, error: record.error })}\n`);
