import { encodeModel } from "@plimsoll/inference";
import { accuracy, type Head, headToOnnx, seededRandom, trainHead } from "@plimsoll/training";
import { classNames, drawDigits, side } from "./digits.ts";

/** How a version of the model is trained. */
export interface Training {
  /** How many pictures it learns from. */
  readonly pictures: number;
  /** How often it sees each. */
  readonly epochs: number;
}

export interface TrainedModel {
  /** The bytes of an `.onnx` file: float32 `[batch, 1, 16, 16]` in, `probabilities` `[batch, 10]` out. */
  readonly onnx: Uint8Array;
  /** Section 5 of the contracts, as `publish` reads it from `metadata.json`. */
  readonly metadata: Readonly<Record<string, unknown>>;
  /** Share of unseen pictures, 0 to 1, that it names rightly. */
  readonly accuracy: number;
}

const unseenPictures = 500;
/** Trained and measured on different pictures, the same ones at every run. */
const seeds = { training: 1, unseen: 2 } as const;

function toOnnx(head: Head): Uint8Array {
  return encodeModel(
    headToOnnx(head, {
      name: "digits",
      shape: [1, side, side],
      inputName: "image",
      metadata: { labels: JSON.stringify(classNames) },
    }),
  );
}

/** Draws pictures of digits, trains a network with one hidden layer on them, and measures it on others. */
export function trainModel({ pictures, epochs }: Training): TrainedModel {
  const head = trainHead(drawDigits(pictures, seededRandom(seeds.training)), {
    hidden: [200],
    epochs,
    batchRows: 20,
    learningRate: 0.004,
  });
  const right = accuracy(head, drawDigits(unseenPictures, seededRandom(seeds.unseen)));
  return {
    onnx: toOnnx(head),
    metadata: {
      model_name: "digits",
      task: "image-classification",
      accuracy: right,
      classes: classNames,
      input: { width: side, height: side, layout: "NCHW", range: [0, 1], resize: "stretch" },
      dataset: { pictures, drawn: "seven-segment digits with noise", unseen: unseenPictures },
    },
    accuracy: right,
  };
}
