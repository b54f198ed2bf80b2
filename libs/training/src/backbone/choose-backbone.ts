import type { Sample } from "../dataset/sample.ts";
import type { TrainModelOptions } from "../run/train-options.ts";
import type { Backbone } from "./backbone.ts";
import { readBackbone } from "./backbone-file.ts";
import { foreignBackbone } from "./foreign-backbone.ts";
import { pictureBackbone } from "./picture-backbone.ts";
import { soundBackbone } from "./sound-backbone.ts";
import { textBackbone } from "./text-backbone.ts";

const inputKinds = {
  "audio-classification": "waveform",
  "image-classification": "picture",
  "text-classification": "text",
} as const;

/**
 * The backbone of a run: the one that is named, else the previous version's, so that an update is small, else a built-in
 * one, which for pictures learns its filters from `samples`.
 *
 * @throws TrainingError `E_MODEL` for a named one that cannot be used.
 */
export async function chooseBackbone(
  options: Pick<TrainModelOptions, "backbone" | "previous" | "task" | "seed" | "signal">,
  samples: readonly Sample[],
): Promise<Backbone> {
  const { task, previous } = options;
  if (options.backbone) return foreignBackbone(options.backbone, task);
  const main = previous?.files.find(
    ({ name }) => name === previous.main || (!previous.main && name.endsWith(".onnx")),
  );
  if (main) {
    const kept = await readBackbone(main.path).catch(() => undefined);
    if (kept?.input.kind === inputKinds[task]) return kept;
  }
  switch (task) {
    case "audio-classification":
      return soundBackbone();
    case "image-classification":
      return pictureBackbone(samples, {
        seed: options.seed ?? 1,
        ...(options.signal ? { signal: options.signal } : {}),
      });
    case "text-classification":
      return textBackbone();
  }
}
