import { dirname } from "node:path";
import { type Facts, printable } from "@plimsoll/manifest";
import { InferenceError } from "../error.ts";
import type { ModelConfig } from "../model-config.ts";
import type { ModelFile, ModelFiles } from "../model-files.ts";
import { openPipeline } from "../pipelines/open-pipeline.ts";
import { chainStages, type RunnableStage } from "../pipelines/stages.ts";
import type { Pipeline } from "../pipelines/pipeline.ts";
import type { SessionSettings } from "../settings.ts";
import { mainFiles } from "../main-file.ts";
import { checkFiles } from "./check-files.ts";
import { openSession, type OrtSession } from "./ort-session.ts";

/** A model version as its child holds it. */
export interface LoadedModel {
  /** Of two files, both as one. */
  readonly session: OrtSession;
  readonly pipeline: Pipeline;
}

async function open(
  file: ModelFile,
  facts: Facts | undefined,
  settings: SessionSettings,
): Promise<OrtSession> {
  try {
    return await openSession(file.path, settings);
  } catch (cause) {
    if (cause instanceof InferenceError) throw cause;
    // The folder is this machine's business; the name says which file it is.
    const reason = (cause instanceof Error ? cause.message : String(cause)).replaceAll(
      dirname(file.path),
      "…",
    );
    const producer = facts?.onnx?.producer ?? "";
    throw new InferenceError(
      "E_MODEL",
      `${printable(file.name)}: the runtime refuses it${producer === "" ? "" : ` (written by ${printable(producer)})`}: ${printable(reason)}`,
      { cause },
    );
  }
}

/** Texts in the files; of two, the last one's win. */
function textsOf(facts: readonly Facts[]): Readonly<Record<string, string>> {
  return Object.fromEntries(facts.flatMap(({ metadata = {} }) => Object.entries(metadata)));
}

/**
 * Checks the files of a version and loads it with its pipeline.
 *
 * @throws InferenceError `E_DIGEST`, `E_MODEL`.
 */
export async function loadModel(
  files: ModelFiles,
  config: ModelConfig,
  settings: SessionSettings,
): Promise<LoadedModel> {
  const mains = mainFiles(files);
  const facts = await checkFiles(files, mains);
  const stages: RunnableStage[] = [];
  for (const [index, main] of mains.entries()) {
    const { inputs, outputs, run } = await open(main, facts[index], settings);
    stages.push({ name: main.name, inputs, outputs, run });
  }
  const session = chainStages(stages);
  const pipeline = await openPipeline({
    inputs: session.inputs,
    outputs: session.outputs,
    modelMetadata: textsOf(facts),
    config,
    ...(files.metadata === undefined ? {} : { metadata: files.metadata }),
    ...(files.custom === undefined ? {} : { custom: files.custom }),
  });
  return { session, pipeline };
}
