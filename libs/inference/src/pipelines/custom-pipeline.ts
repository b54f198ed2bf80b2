import { isAbsolute } from "node:path";
import { pathToFileURL } from "node:url";
import { InferenceError } from "../error.ts";
import type { ModelInput } from "../model-input.ts";
import type { PipelineOptions } from "./open-pipeline.ts";
import type { Pipeline, Prepared } from "./pipeline.ts";
import { tensorPipeline } from "./tensor-pipeline.ts";

/** What a module of a user's own exports, one of the two or both. */
export interface CustomModule {
  /** Kinds of input that `prepare` takes. Default `["image", "audio", "text"]`. */
  readonly accepts?: readonly ModelInput["kind"][];
  /** An input as tensors, and whatever `finish` needs. Where it is missing, tensors are taken as they are. */
  readonly prepare?: (input: ModelInput, model: PipelineOptions) => Prepared | Promise<Prepared>;
  /** Outputs as an answer. Where it is missing, tensors are given as they are. */
  readonly finish?: Pipeline["finish"];
}

/**
 * Pre- and postprocessing by a JavaScript module: `export function prepare(input, model)` and
 * `export function finish(outputs, state, config, input)`. It runs in the model's child process with all rights of it, so
 * its path comes from local configuration alone, never from a store.
 *
 * @throws InferenceError `E_USAGE` for a path that is not absolute, or a module that cannot be loaded or exports neither.
 */
export async function customPipeline(path: string, options: PipelineOptions): Promise<Pipeline> {
  const module = await load(path);
  const plain = tensorPipeline(options.inputs, options.outputs);
  const {
    accepts = module.prepare ? ["image", "audio", "text"] : ["tensors"],
    prepare,
    finish,
  } = module;
  return {
    accepts: accepts.filter((kind) => kind !== "tensors"),
    async prepare(input) {
      if (prepare === undefined) return plain.prepare(input);
      if (!accepts.includes(input.kind)) {
        throw new InferenceError("E_MEDIA", `this model takes ${accepts.join(", ")}`);
      }
      return custom(path, "prepare", () => prepare(input, options));
    },
    finish(outputs, state, config, input) {
      try {
        return (finish ?? plain.finish)(outputs, state, config, input);
      } catch (error) {
        throw wrap(path, "finish", error);
      }
    },
  };
}

async function load(path: string): Promise<CustomModule> {
  if (!isAbsolute(path)) {
    throw new InferenceError("E_USAGE", `${path}: the module's path is not absolute`);
  }
  let module: Record<string, unknown>;
  try {
    module = (await import(pathToFileURL(path).href)) as Record<string, unknown>;
  } catch (error) {
    throw new InferenceError("E_USAGE", `${path}: cannot be loaded: ${messageOf(error)}`, {
      cause: error,
    });
  }
  const exported = [module["prepare"], module["finish"]];
  const isUsable = exported.every((each) => each === undefined || typeof each === "function");
  if (isUsable && exported.some((each) => each !== undefined)) return module;
  throw new InferenceError("E_USAGE", `${path}: exports no function prepare or finish`);
}

async function custom<T>(path: string, name: string, call: () => T | Promise<T>): Promise<T> {
  try {
    return await call();
  } catch (error) {
    throw wrap(path, name, error);
  }
}

const messageOf = (error: unknown): string =>
  String((error as { readonly message?: unknown } | undefined)?.message ?? error).slice(0, 500);

/** What a module throws means that the input is no good, unless it says another code itself. */
function wrap(path: string, name: string, error: unknown): InferenceError {
  if (error instanceof InferenceError) return error;
  const code = name === "prepare" ? "E_INPUT" : "E_OUTPUT";
  return new InferenceError(code, `${path}: ${name}: ${messageOf(error)}`, { cause: error });
}
