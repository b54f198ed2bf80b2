import { dirname } from "node:path";
import { type Facts, printable } from "@plimsoll/manifest";
import { InferenceError } from "../error.ts";
import type { ModelConfig } from "../model-config.ts";
import type { ModelFile, ModelFiles } from "../model-files.ts";
import { openPipeline } from "../pipelines/open-pipeline.ts";
import type { Pipeline } from "../pipelines/pipeline.ts";
import type { SessionSettings } from "../settings.ts";
import { mainFile } from "../main-file.ts";
import { checkFiles } from "./check-files.ts";
import { openSession, type OrtSession } from "./ort-session.ts";

/** A model version as its child holds it. */
export interface LoadedModel {
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
  const main = mainFile(files);
  const [facts] = await checkFiles(files, [main]);
  const session = await open(main, facts, settings);
  const pipeline = await openPipeline({
    inputs: session.inputs,
    outputs: session.outputs,
    modelMetadata: facts?.metadata ?? {},
    config,
    ...(files.metadata === undefined ? {} : { metadata: files.metadata }),
    ...(files.custom === undefined ? {} : { custom: files.custom }),
  });
  return { session, pipeline };
}
