import { stat } from "node:fs/promises";
import { availableParallelism } from "node:os";
import { join } from "node:path";
import { PipelineError } from "../error.ts";
import type { FeaturePlan, LocalVersion, RunContext, Train, TrainSample } from "./run-context.ts";
import { taskOf } from "./stage-samples.ts";
import type { ChosenSample } from "./choose-samples.ts";
import { readWork, writeWork } from "./work-file.ts";

/** What the training gave, as far as the rest of the run needs it. */
export type Trained = Pick<
  Awaited<ReturnType<Train>>,
  "files" | "documents" | "metadata" | "metrics" | "gate" | "curves" | "seconds"
>;

/** Shares of the training's own stages of its time, roughly. */
const shares: Readonly<Record<string, readonly [from: number, to: number]>> = {
  decode: [0, 0.1],
  augment: [0.1, 0.3],
  features: [0.1, 0.6],
  train: [0.6, 0.85],
  export: [0.85, 0.9],
  evaluate: [0.9, 1],
};

/** More threads of one step wait for each other. */
const maxThreads = 4;

/** What `trainModel` is called with; also for those who compute features ahead. */
export function featurePlan(
  context: RunContext,
  chosen: readonly ChosenSample[],
  samples: readonly TrainSample[],
  previous: LocalVersion | undefined,
): FeaturePlan {
  const { workDir, featureDir } = context;
  const { model, run, config, seed, commit, reason, dataset, parent } = context.record();
  const { head, backbone, copies, epochs, patience, holdOut, gate } = config;
  return {
    model,
    task: config.task ?? taskOf(chosen[0]?.kind ?? "audio"),
    samples,
    outDir: join(workDir, "out"),
    workDir: join(workDir, "train"),
    featureCacheDir: featureDir,
    seed,
    ...(head !== undefined && { head }),
    ...(backbone !== undefined && { backbone }),
    ...(copies !== undefined && { copies }),
    ...(epochs !== undefined && { epochs }),
    ...(patience !== undefined && { patience }),
    ...(holdOut !== undefined && { holdOut }),
    ...(gate !== undefined && { gate }),
    ...(previous !== undefined && { previous }),
    lineage: {
      run,
      dataset_digest: dataset?.digest ?? "",
      seed,
      ...(parent !== undefined && { parent }),
      ...(commit !== undefined && { commit }),
      ...(reason !== undefined && { reason }),
    },
  };
}

/** Trains, exports and evaluates. Throws what the training throws. */
export async function stageTrain(context: RunContext, plan: FeaturePlan): Promise<Trained> {
  const { signal, now, workDir } = context;
  const done = join(workDir, "trained.json");
  const before = await readWork<Trained>(done);
  if (before !== undefined && (await areThere(before))) return before;
  const result = await context.train({
    ...plan,
    // Only the net from scratch has work for more than one; the process is one of low priority.
    threads: Math.min(availableParallelism(), maxThreads),
    signal,
    now,
    onProgress: ({ stage, done: finished, total, epoch, loss, accuracy }) => {
      const [from, to] = shares[stage] ?? [0, 0];
      context.progress(from + (to - from) * (total > 0 ? finished / total : 1), stage);
      if (epoch === undefined) return;
      context.addPoint({
        epoch,
        ...(loss !== undefined && { loss }),
        ...(accuracy !== undefined && { valAccuracy: accuracy }),
      });
    },
  });
  context.addProblems(
    result.problems.map(({ sample, code, message }) => ({ name: sample, code, message })),
  );
  const { files, documents, metadata, metrics, gate, curves, seconds } = result;
  const { accuracy, macroF1, worstRecall } = metrics;
  const flat = (values: typeof metrics): Record<string, number> => ({
    accuracy: values.accuracy,
    macro_f1: values.macroF1,
    worst_recall: values.worstRecall,
    calibration_error: values.calibrationError,
    log_loss: values.logLoss,
    held_out: values.samples,
  });
  if (![accuracy, macroF1, worstRecall].every(Number.isFinite)) {
    throw new PipelineError(
      "E_GATE",
      `${plan.model}: the metrics are not numbers; nothing is published`,
    );
  }
  await context.update({
    metrics: flat(metrics),
    ...(result.previousMetrics && { parent_metrics: flat(result.previousMetrics) }),
    confusion: {
      classes: metadata.classes ?? Object.keys(context.record().dataset?.classes ?? {}),
      counts: result.confusion,
    },
    gate: { passed: gate.passed, reasons: gate.reasons },
    curve: curves.map(({ epoch, loss, validationLoss, validationAccuracy }) => ({
      epoch,
      loss,
      ...(validationLoss !== undefined && { valLoss: validationLoss }),
      ...(validationAccuracy !== undefined && { valAccuracy: validationAccuracy }),
    })),
    seconds,
  });
  const trained = { files, documents, metadata, metrics, gate, curves, seconds };
  await writeWork(done, trained);
  return trained;
}

async function areThere({ files, documents }: Trained): Promise<boolean> {
  const paths = [...files.map(({ path }) => path), ...documents];
  const found = await Promise.all(paths.map((path) => stat(path).catch(() => undefined)));
  return found.every((entry) => entry?.isFile());
}

/** Throws `E_GATE` with every reason, before anything is published. */
export function refuseBelowGate(context: RunContext, { gate }: Trained): void {
  if (gate.passed) return;
  const { model, run } = context.record();
  throw new PipelineError(
    "E_GATE",
    `${model}: run ${run} is not published: ${gate.reasons.join("; ")}`,
  );
}
