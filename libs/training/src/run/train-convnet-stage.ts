import type { Backbone } from "../backbone/backbone.ts";
import { convnetBackbone } from "../backbone/convnet-backbone.ts";
import { settleSplit } from "../dataset/settle.ts";
import type { Split } from "../dataset/split.ts";
import { balanced } from "../head/fit-head.ts";
import { decodePictures, pictureBatches } from "../images/picture-batches.ts";
import { convnet, convnetDefaults } from "../step/convnet.ts";
import { fit } from "../step/fit.ts";
import type { FitCheckpoint } from "../step/fit-state.ts";
import type { RunSettings } from "./settings.ts";
import { epochProgress } from "./epoch-progress.ts";
import type { TrainedParts } from "./work-dir.ts";

/** Trains the convolutional net from random weights; its last layer is the head, the others are the backbone. */
export async function trainConvnetStage(
  settings: RunSettings,
  split: Split,
  checkpoint: FitCheckpoint,
): Promise<{ readonly parts: TrainedParts; readonly backbone: Backbone }> {
  const { side } = convnetDefaults;
  const { epochs, patience, seed, signal, onProgress } = settings;
  const input = {
    kind: "picture",
    name: "image",
    width: side,
    height: side,
    layout: "NCHW",
  } as const;
  const total = split.train.length + split.validation.length;
  const decode = (samples: Split["train"], before: number) =>
    decodePictures(samples, input, {
      ...(signal ? { signal } : {}),
      onProgress: (at) => onProgress?.({ ...at, done: before + at.done, total }),
    });
  const train = await decode(split.train, 0);
  const validation = await decode(split.validation, split.train.length);
  const problems = [...train.problems, ...validation.problems];
  const { classes } = settleSplit(split, new Set(problems.map(({ sample }) => sample)));
  const batches = pictureBatches(train, classes, side);
  const net = convnet(classes.length);
  const { state, curves } = await fit(net, batches, {
    batchRows: 16,
    rate: 0.003,
    decay: 0.05,
    smoothing: 0.05,
    mix: 0.2,
    averaging: 0.998,
    checkpoint,
    epochs,
    patience: Math.max(patience, Math.ceil(epochs / 3)),
    seed,
    ...(settings.threads === undefined ? {} : { threads: settings.threads }),
    classWeights: balanced({ labels: Uint16Array.from(batches.labels), classes: classes.length }),
    ...(validation.samples.length > 0
      ? { validation: pictureBatches(validation, classes, side) }
      : {}),
    ...(signal ? { signal } : {}),
    onEpoch: epochProgress(epochs, onProgress),
  });
  const { head, backbone } = convnetBackbone(net, state);
  return { backbone, parts: { head, curves, problems } };
}
