import type { JsonObject } from "@plimsoll/manifest";
import type { ModelsOptions } from "../host/models-options.ts";
import { openModels } from "../host/open-models.ts";
import type { ModelFiles } from "../model-files.ts";
import type { ModelInput } from "../model-input.ts";
import { type GoldenTolerance, goldenTolerance } from "./golden.ts";
import { goldenToJson } from "./golden-json.ts";

/** What `createGolden` takes besides the model and the inputs. */
export interface CreateGoldenOptions {
  readonly tolerance?: Partial<GoldenTolerance>;
  /** How the model is run. */
  readonly models?: ModelsOptions;
}

/**
 * Runs a model on a few inputs and records its answers: what to put as `golden` into the metadata when it is published,
 * so that servers ask the same before they take it. Keep it to a few small inputs: metadata travels with every sync.
 *
 * @throws InferenceError as `Models.swap` and `Models.predict` do.
 */
export async function createGolden(
  files: ModelFiles,
  inputs: readonly ModelInput[],
  { tolerance, models: options }: CreateGoldenOptions = {},
): Promise<JsonObject> {
  const { metadata, ...rest } = files;
  const { golden: _, ...known } = metadata ?? {};
  const models = openModels(options);
  try {
    await models.swap({ ...rest, metadata: known });
    const cases = [];
    for (const input of inputs) {
      const { output } = await models.predict(files.model, input);
      cases.push({ input, output });
    }
    return goldenToJson({ tolerance: { ...goldenTolerance, ...tolerance }, cases });
  } finally {
    await models.close();
  }
}
