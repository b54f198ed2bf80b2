import { PipelineError } from "../error.ts";
import { countClasses } from "../samples/list-originals.ts";
import { type ChosenSample, chooseSamples } from "./choose-samples.ts";
import { runDefaults } from "./run-config.ts";
import type { RunContext, TrainingTask } from "./run-context.ts";
import { hasEnded } from "./run-record.ts";
import { listRuns } from "./run-store.ts";
import { readSampleList, writeSampleList } from "./sample-list.ts";
import type { SampleKind } from "../samples/sample-type.ts";

const kinds: Readonly<Record<TrainingTask, SampleKind>> = {
  "audio-classification": "audio",
  "image-classification": "image",
  "text-classification": "text",
};

/** The task that samples of a kind are for. */
export const taskOf = (kind: SampleKind): TrainingTask => `${kind}-classification`;

/** Settles what the run learns from. A run that begins again learns from the same, whatever came since. */
export async function stageSamples(context: RunContext): Promise<readonly ChosenSample[]> {
  const { store, signal } = context;
  const { model, run, config } = context.record();
  const settled = await readSampleList(store, model, run);
  const kind = config.task && kinds[config.task];
  const choice = settled
    ? { samples: settled, problems: [], kind: settled[0]?.kind }
    : await chooseSamples(store, model, { kind, signal });
  context.addProblems(choice.problems);
  const { samples } = choice;
  const learned = samples.filter(({ side }) => side === undefined);
  checkEnough(learned, model, config.minSamples ?? runDefaults.minSamples);
  if (settled === undefined) await writeSampleList(store, model, run, samples);
  const before = new Set((await lastSamples(context)).map(({ key }) => key));
  await context.update({
    dataset: {
      digest: "",
      samples: samples.length,
      new_samples: learned.filter(({ key }) => !before.has(key)).length,
      classes: countClasses(samples),
    },
  });
  return samples;
}

/** Refuses what cannot be learned from. Throws `E_SAMPLES`. */
function checkEnough(samples: readonly ChosenSample[], model: string, need: number): void {
  const refuse = (message: string): never => {
    throw new PipelineError("E_SAMPLES", `${model}: ${message}`);
  };
  if (samples.length < need || samples.length === 0) {
    refuse(`has ${samples.length} samples, ${Math.max(1, need)} are needed`);
  }
  const names = Object.keys(countClasses(samples));
  if (names.length < 2) {
    refuse(
      `all ${samples.length} samples are of one class, "${names[0]}"; two are needed to tell apart`,
    );
  }
}

async function lastSamples(context: RunContext): Promise<readonly ChosenSample[]> {
  const { store } = context;
  const { model, run } = context.record();
  const last = await lastTraining(store, model, run);
  return last === undefined ? [] : ((await readSampleList(store, model, last)) ?? []);
}

/** The newest run, other than `except`, that was trained to its end. */
export async function lastTraining(
  store: RunContext["store"],
  model: string,
  except?: string,
): Promise<string | undefined> {
  const runs = await listRuns(store, model);
  const last = runs.find(
    (record) =>
      record.run !== except &&
      hasEnded(record) &&
      (record.state === "succeeded" || record.state === "rejected"),
  );
  return last?.run;
}
