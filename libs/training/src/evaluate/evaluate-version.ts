import {
  type ModelFiles,
  type ModelInput,
  type Models,
  openModels,
  type Prediction,
} from "@plimsoll/inference";
import { readFile } from "node:fs/promises";
import type { Problem } from "../dataset/problem.ts";
import type { Sample } from "../dataset/sample.ts";
import { TrainingError } from "../error.ts";
import type { TrainProgress } from "../run/progress.ts";
import type { TrainingTask } from "../run/train-options.ts";
import { type Answer, computeMetrics, type Metrics } from "./metrics.ts";

/** What `evaluateVersion` takes. */
export interface EvaluateOptions {
  /** The exported files, as a server would load them. */
  readonly version: ModelFiles;
  readonly task: TrainingTask;
  readonly samples: readonly Sample[];
  readonly classes: readonly string[];
  readonly signal?: AbortSignal;
  readonly onProgress?: (progress: TrainProgress) => void;
}

/** Metrics, and the samples that could not be asked. */
export interface Evaluation {
  readonly metrics: Metrics;
  readonly problems: readonly Problem[];
}

/**
 * Asks a version for every sample through the code that serves: a child process of `openModels`, the file's bytes in,
 * probabilities out. A class that the version does not know gets the probability 0; what it answers beyond `classes`
 * counts as wrong.
 *
 * @throws TrainingError `E_MODEL` when the version does not load, `E_SAMPLES` when no sample could be asked, `E_ABORTED`.
 */
export async function evaluateVersion(options: EvaluateOptions): Promise<Evaluation> {
  const { version, samples } = options;
  const models = openModels();
  try {
    await models.swap(version, { force: true }).catch((cause: unknown) => {
      throw new TrainingError(
        "E_MODEL",
        `${version.model} ${version.version}: does not serve: ${reason(cause)}`,
        { cause },
      );
    });
    return await ask(models, options, samples);
  } finally {
    await models.close({ drainMs: 0 });
  }
}

async function ask(
  models: Models,
  options: EvaluateOptions,
  samples: readonly Sample[],
): Promise<Evaluation> {
  const { version, classes, task } = options;
  const answered: {
    readonly label: string;
    readonly probabilities: Readonly<Record<string, number>>;
  }[] = [];
  const problems: Problem[] = [];
  for (const [index, sample] of samples.entries()) {
    if (options.signal?.aborted)
      throw new TrainingError("E_ABORTED", `${sample.id}: ended on request`);
    try {
      const input = toInput(task, await readFile(sample.path));
      const prediction = await models.predict(version.model, input);
      answered.push({ label: sample.class, probabilities: probabilitiesOf(prediction) });
    } catch (error) {
      const { code } = error as { readonly code?: unknown };
      if (code !== "E_INPUT" && code !== "E_MEDIA" && code !== "E_OUTPUT" && code !== "ENOENT")
        throw error;
      problems.push({
        sample: sample.id,
        code: code === "E_OUTPUT" ? "E_OUTPUT" : "E_INPUT",
        message: `${sample.id}: ${reason(error)}`,
      });
    }
    options.onProgress?.({ stage: "evaluate", done: index + 1, total: samples.length });
  }
  if (answered.length === 0) {
    throw new TrainingError(
      "E_SAMPLES",
      `${version.model}: none of the ${samples.length} held-out samples could be read`,
    );
  }
  const known = new Set(classes);
  for (const { probabilities } of answered)
    Object.keys(probabilities).forEach((name) => known.add(name));
  const all = [...known];
  const answers: Answer[] = answered.map(({ label, probabilities }) => ({
    label: all.indexOf(label),
    probabilities: all.map((name) => probabilities[name] ?? 0),
  }));
  return { metrics: computeMetrics(answers, all), problems };
}

function toInput(task: TrainingTask, bytes: Uint8Array): ModelInput {
  switch (task) {
    case "audio-classification":
      return { kind: "audio", bytes };
    case "image-classification":
      return { kind: "image", bytes, confidence: 0 };
    case "text-classification":
      return { kind: "text", text: new TextDecoder().decode(bytes) };
  }
}

function probabilitiesOf({ output }: Prediction): Readonly<Record<string, number>> {
  if (output.kind === "classification") return output.probabilities;
  throw new TrainingError(
    "E_MODEL",
    `a classifier is needed, this version answers with ${output.kind}`,
  );
}

const reason = (error: unknown): string =>
  String((error as { readonly message?: unknown }).message ?? error).slice(0, 300);
