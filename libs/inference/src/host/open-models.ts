import { printable } from "@plimsoll/manifest";
import { checkModelConfig } from "../check-model-config.ts";
import { InferenceError } from "../error.ts";
import { unloadIdle } from "../memory/unload-idle.ts";
import type { ModelInput } from "../model-input.ts";
import type { Models, PredictOptions } from "../models.ts";
import type { Prediction } from "../prediction.ts";
import { inferenceDefaults } from "../settings.ts";
import { openBeside } from "../swap/open-beside.ts";
import { swapModel } from "../swap/swap-model.ts";
import { askShadow } from "../traffic/ask-shadow.ts";
import { findRunner, pickRunner } from "../traffic/pick-runner.ts";
import { watchOutcomes } from "../traffic/roll-back.ts";
import { Core } from "./core.ts";
import { modelStatus } from "./model-entry.ts";
import type { ModelsOptions } from "./models-options.ts";

async function predict(
  core: Core,
  model: string,
  input: ModelInput,
  { headers = {}, version, signal }: PredictOptions,
): Promise<Prediction> {
  core.checkOpen();
  const entry = core.entries.get(model);
  // The first version is on its way: wait for it, as for one that starts again.
  if (entry?.serving === undefined && version === undefined && entry?.swap !== undefined) {
    const { candidate, waiting } = entry.swap;
    if (waiting > (entry.config.max_queue ?? core.maxQueue)) {
      const message = `${printable(model)}: is being loaded, and ${waiting} predictions wait for it: try again in 1 s`;
      throw new InferenceError("E_BUSY", message, { retryAfterSeconds: 1 });
    }
    await swapModel(core, candidate, signal === undefined ? {} : { signal });
  }
  const runner =
    entry === undefined
      ? undefined
      : version === undefined
        ? pickRunner(core, entry, headers)
        : findRunner(entry, version);
  if (entry === undefined || runner === undefined) {
    const what = `${printable(model)}${version === undefined ? "" : ` ${printable(version)}`}`;
    throw new InferenceError("E_USAGE", `${what}: not loaded: load it first`);
  }
  const answer = await runner.predict({
    input,
    bound: version !== undefined,
    ...(signal === undefined ? {} : { signal }),
  });
  if (version === undefined) void askShadow(core, entry, input, answer);
  return { model, ...answer };
}

/**
 * All models that this process serves, each version in a child process of its own. Nothing is loaded yet, and this
 * process never loads the runtime.
 */
export function openModels(options: ModelsOptions = {}): Models {
  const core = new Core(options);
  watchOutcomes(core);
  const stopIdle = unloadIdle(core, options.idleTtlMs ?? inferenceDefaults.idleTtlMs);
  return {
    swap: (candidate, swapOptions) => swapModel(core, candidate, swapOptions),
    loadBeside: (candidate, swapOptions) => openBeside(core, candidate, swapOptions),
    predict: (model, input, predictOptions = {}) => predict(core, model, input, predictOptions),
    configure(model, config) {
      const checked = checkModelConfig(config);
      const entry = core.entryOf(model);
      entry.config = checked;
      for (const runner of entry.runners) runner.configure();
      core.tell(model, { type: "config" });
    },
    pin(model, pinned) {
      core.entryOf(model).pinned = pinned;
    },
    async unload(model, version) {
      const entry = core.entries.get(model);
      if (entry === undefined) return;
      const gone = [...entry.runners].filter(
        ({ files }) => version === undefined || files.version === version,
      );
      if (entry.serving !== undefined && gone.includes(entry.serving)) entry.serving = undefined;
      await Promise.all(gone.map((runner) => core.retire(entry, runner)));
    },
    status: () => [...core.entries.values()].map(modelStatus),
    listen(listener) {
      core.listeners.add(listener);
      return () => void core.listeners.delete(listener);
    },
    async close({ drainMs = core.drainMs } = {}) {
      core.closed = true;
      stopIdle();
      const closed = new InferenceError("E_CLOSED", "the models were closed");
      const entries = [...core.entries.values()];
      for (const { swap } of entries) swap?.cancel.abort(closed);
      await Promise.all(
        entries.flatMap((entry) =>
          [...entry.runners].map((runner) => core.retire(entry, runner, drainMs, closed)),
        ),
      );
    },
  };
}
