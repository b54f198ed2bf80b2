import { createGolden, type ModelFiles } from "@plimsoll/inference";
import type { ModelMetadata } from "@plimsoll/manifest";
import type { Backbone } from "./backbone/backbone.ts";
import { chooseBackbone } from "./backbone/choose-backbone.ts";
import type { Problem } from "./dataset/problem.ts";
import { settleSplit } from "./dataset/settle.ts";
import { type Split, splitSamples } from "./dataset/split.ts";
import { TrainingError } from "./error.ts";
import { evaluateVersion } from "./evaluate/evaluate-version.ts";
import { checkGate } from "./evaluate/gate.ts";
import type { Metrics } from "./evaluate/metrics.ts";
import { exportModel } from "./export/export-model.ts";
import { goldenInputs } from "./run/golden-inputs.ts";
import { type RunSettings, runSettings } from "./run/settings.ts";
import { trainConvnetStage } from "./run/train-convnet-stage.ts";
import { trainHeadStage } from "./run/train-head-stage.ts";
import type { TrainModelOptions } from "./run/train-options.ts";
import type { TrainedModel } from "./run/trained-model.ts";
import { versionMetadata, withMetrics } from "./run/version-metadata.ts";
import { openWorkDir, type TrainedParts, type WorkDir } from "./run/work-dir.ts";
import { writeDocuments } from "./run/write-documents.ts";

/**
 * Makes a version from labelled samples: split, features, training, export, evaluation. What a stage finished stays in
 * `workDir`; a second call with the same options goes on from there: features sample by sample, the trained weights as a
 * whole. Blocks the thread for up to a second at a time; run it in a process that may be busy.
 *
 * @throws TrainingError `E_SAMPLES` when fewer than two classes have enough readable samples, `E_USAGE`, `E_MODEL`,
 * `E_OUTPUT`, `E_ABORTED`. Nothing in `outDir` is a version then.
 */
export async function trainModel(options: TrainModelOptions): Promise<TrainedModel> {
  const settings = runSettings(options);
  if (settings.head === "convnet" && settings.task !== "image-classification") {
    throw new TrainingError(
      "E_USAGE",
      `${settings.model}: the head convnet is for pictures, not ${settings.task}`,
    );
  }
  const seconds: Record<string, number> = {};
  const timed = async <T>(stage: string, work: () => Promise<T>): Promise<T> => {
    if (settings.signal?.aborted)
      throw new TrainingError("E_ABORTED", `${stage}: ended on request`);
    const from = performance.now();
    const result = await work();
    seconds[stage] = (performance.now() - from) / 1000;
    return result;
  };
  const first = splitSamples(settings.samples, { holdOut: settings.holdOut, seed: settings.seed });
  if (first.test.length === 0) {
    throw new TrainingError(
      "E_USAGE",
      `${settings.model}: nothing is held out to measure on: raise holdOut`,
    );
  }
  const work = await openWorkDir(settings.workDir, settings.fingerprint);
  const { parts, backbone } = await timed("train", () => trainParts(settings, first, work));
  const split = settleSplit(first, new Set(parts.problems.map(({ sample }) => sample)));
  const files = await timed("export", async () => {
    settings.onProgress?.({ stage: "export", done: 0, total: 1 });
    const facts = {
      dataset_sha256: settings.dataset,
      seed: settings.seed,
      head: settings.head,
      epochs: parts.curves.length,
    };
    const { model, task, outDir } = settings;
    const { classes } = split;
    const written = await exportModel({
      model,
      task,
      backbone,
      head: parts.head,
      classes,
      facts,
      outDir,
    });
    settings.onProgress?.({ stage: "export", done: 1, total: 1 });
    return written;
  });
  const plain: ModelFiles = {
    model: settings.model,
    version: "candidate",
    files,
    metadata: versionMetadata(settings, split, backbone, parts.curves.length),
  };
  return timed("evaluate", () => evaluateRun(settings, split, parts, plain)).then((done) => ({
    ...done,
    seconds,
  }));
}

/** The trained head and its backbone: those of a call before, else new ones. */
async function trainParts(
  settings: RunSettings,
  split: Split,
  work: WorkDir,
): Promise<{ readonly parts: TrainedParts; readonly backbone: Backbone }> {
  const done = await work.readTrained();
  if (settings.head === "convnet") {
    if (done) {
      return { parts: done, backbone: await work.backbone("trained", () => lost(settings)) };
    }
    const { parts, backbone } = await trainConvnetStage(settings, split, work);
    const kept = await work.backbone("trained", () => Promise.resolve(backbone));
    await work.writeTrained(parts);
    return { parts, backbone: kept };
  }
  const backbone = await work.backbone("frozen", () => chooseBackbone(settings, split.train));
  const parts = done ?? (await trainHeadStage(settings, split, backbone));
  if (!done) await work.writeTrained(parts);
  return { parts, backbone };
}

function lost({ workDir }: RunSettings): never {
  throw new TrainingError(
    "E_MODEL",
    `${workDir}: the trained layers are not there any more: empty it and train again`,
  );
}

async function evaluateRun(
  settings: RunSettings,
  split: Split,
  parts: TrainedParts,
  plain: ModelFiles,
): Promise<Omit<TrainedModel, "seconds">> {
  const { task, previous } = settings;
  const asked = {
    task,
    samples: split.test,
    classes: split.classes,
    ...(settings.signal ? { signal: settings.signal } : {}),
  };
  const { metrics, problems: unread } = await evaluateVersion({
    ...asked,
    version: plain,
    ...(settings.onProgress ? { onProgress: settings.onProgress } : {}),
  });
  const problems: Problem[] = [...split.problems, ...parts.problems, ...unread];
  const before = previous
    ? await evaluateVersion({ ...asked, version: previous }).catch((error: unknown) => {
        if ((error as { readonly code?: unknown }).code === "E_ABORTED") throw error;
        const message = `${previous.version}: not compared: ${String((error as Error).message).slice(0, 300)}`;
        problems.push({ sample: previous.version, code: "E_OUTPUT", message });
        return undefined;
      })
    : undefined;
  const previousMetrics: Metrics | undefined = before?.metrics;
  const gate = checkGate(metrics, previousMetrics, settings.gate);
  const golden = await createGolden(plain, await goldenInputs(task, split.test));
  const metadata: ModelMetadata = { ...withMetrics(plain.metadata ?? {}, metrics), golden };
  const documents = await writeDocuments(settings.outDir, {
    model: settings.model,
    metadata,
    metrics,
    gate,
    curves: parts.curves,
    problems,
    ...(previous && previousMetrics
      ? { previous: { version: previous.version, metrics: previousMetrics } }
      : {}),
  });
  return {
    files: plain.files,
    documents,
    version: { ...plain, metadata },
    metadata,
    metrics,
    ...(previousMetrics ? { previousMetrics } : {}),
    gate,
    confusion: metrics.confusion,
    curves: parts.curves,
    problems,
  };
}
