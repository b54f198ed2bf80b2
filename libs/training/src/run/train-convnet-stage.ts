import type { Backbone } from "../backbone/backbone.ts";
import { convnetBackbone } from "../backbone/convnet-backbone.ts";
import { settleSplit } from "../dataset/settle.ts";
import type { Split } from "../dataset/split.ts";
import { balanced } from "../head/fit-head.ts";
import { decodePictures, pictureBatches } from "../images/picture-batches.ts";
import { shrinkPictures } from "../images/shrink-pictures.ts";
import { convnet, convnetDefaults } from "../step/convnet.ts";
import { fit, type Fitted, type FitOptions } from "../step/fit.ts";
import type { RunSettings } from "./settings.ts";
import { epochProgress } from "./epoch-progress.ts";
import type { CheckpointPart, TrainedParts, WorkDir } from "./work-dir.ts";

/** Share of the epochs that see small pictures: they cost less than half, and what they teach holds for larger ones. */
const smallShare = 0.6;

/**
 * Trains the convolutional net from random weights, first on small pictures; its last layer is the head, the others are
 * the backbone.
 */
export async function trainConvnetStage(
  settings: RunSettings,
  split: Split,
  work: Pick<WorkDir, "checkpoint">,
): Promise<{ readonly parts: TrainedParts; readonly backbone: Backbone }> {
  const { side, smallSide } = convnetDefaults;
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
  const labels = train.samples.map((sample) => classes.indexOf(sample.class));
  const classWeights = balanced({ labels: Uint16Array.from(labels), classes: classes.length });
  const tell = epochProgress(epochs, onProgress);

  const fitPart = (name: CheckpointPart, at: number, options: FitOptions): Promise<Fitted> => {
    const batches = ({ pixels, ...pictures }: typeof train) =>
      pictureBatches(
        { ...pictures, pixels: at === side ? pixels : shrinkPictures(pixels, side, at) },
        classes,
        at,
      );
    return fit(convnet(classes.length, { side: at }), batches(train), {
      batchRows: 16,
      rate: 0.003,
      decay: 0.05,
      smoothing: 0.05,
      mix: 0.2,
      averaging: 0.998,
      seed,
      classWeights,
      checkpoint: work.checkpoint(name),
      ...(settings.threads === undefined ? {} : { threads: settings.threads }),
      ...(validation.samples.length > 0 ? { validation: batches(validation) } : {}),
      ...(signal ? { signal } : {}),
      ...options,
    });
  };
  const small = Math.floor(epochs * smallShare);
  const first =
    small > 0
      ? await fitPart("small", smallSide, {
          epochs: small,
          scheduled: epochs,
          patience: small,
          onEpoch: tell,
        })
      : undefined;
  const later = <F extends { readonly epoch: number }>(figures: F): F => ({
    ...figures,
    epoch: small + figures.epoch,
  });
  const { state, curves } = await fitPart("full", side, {
    epochs: epochs - small,
    patience: Math.max(patience, Math.ceil(epochs / 3)),
    ...(first ? { before: { state: first.last, epochs: small } } : {}),
    onEpoch: (figures) => tell(later(figures)),
  });
  const { head, backbone } = convnetBackbone(convnet(classes.length), state);
  const all = [...(first?.curves ?? []), ...curves.map(later)];
  return { backbone, parts: { head, curves: all, problems } };
}
