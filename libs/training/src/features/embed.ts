import { hashNgrams } from "@plimsoll/inference";
import { augmentClip } from "../audio/augment-clip.ts";
import type { Backbone } from "../backbone/backbone.ts";
import { TrainingError } from "../error.ts";
import { augmentPicture } from "../images/augment-picture.ts";
import type { Random } from "../random.ts";
import { startModel, type Values } from "../runtime.ts";
import { augmentText } from "../text/augment-text.ts";
import type { Example } from "./read-example.ts";

/** A backbone that runs in this process. */
export interface Embedder {
  /** Rows of features float32 `[copies, width]`: the example as it is, then changed copies. */
  embed(example: Example, copies: number, random: Random): Promise<Float32Array>;
  close(): Promise<void>;
}

/** Starts a backbone. @throws TrainingError `E_MODEL` when the runtime refuses it. */
export async function openEmbedder(frozen: Backbone): Promise<Embedder> {
  const { input, width } = frozen;
  if (input.kind === "text") {
    return {
      close: () => Promise.resolve(),
      embed(example, copies, random) {
        const rows = new Float32Array(copies * width);
        const text = example.kind === "text" ? example.text : "";
        for (let copy = 0; copy < copies; copy += 1) {
          const variant = copy === 0 ? text : augmentText(text, random);
          rows.set(hashNgrams(variant, { size: width }), copy * width);
        }
        return Promise.resolve(rows);
      },
    };
  }
  const running = await startModel(frozen.model);
  const feed = async (values: Values, rows: number): Promise<Float32Array> => {
    const { features } = await running.run({ [input.name]: values });
    if (features?.data.length !== rows * width) {
      throw new TrainingError(
        "E_MODEL",
        `${frozen.source}: features of [${features?.dims.join(", ") ?? ""}], not [${rows}, ${width}]`,
      );
    }
    return features.data as Float32Array;
  };
  return {
    close: () => running.close(),
    async embed(example, copies, random) {
      if (example.kind === "waveform" && input.kind === "waveform") {
        const rows = new Float32Array(copies * width);
        for (let copy = 0; copy < copies; copy += 1) {
          const clip = copy === 0 ? example.samples : augmentClip(example.samples, random);
          const data = input.length === undefined ? clip : fitLength(clip, input.length);
          const dims = input.rank === 2 ? [1, data.length] : [data.length];
          rows.set(await feed({ data, dims }, 1), copy * width);
        }
        return rows;
      }
      if (example.kind === "picture" && input.kind === "picture") {
        return feed(pictures(example.pixels, input, copies, random), copies);
      }
      throw new TrainingError(
        "E_USAGE",
        `${frozen.source}: takes a ${input.kind}, got a ${example.kind}`,
      );
    },
  };
}

/** Cut, or followed by silence. */
function fitLength(samples: Float32Array, length: number): Float32Array {
  const fitted = new Float32Array(length);
  fitted.set(samples.subarray(0, length));
  return fitted;
}

function pictures(
  pixels: Uint8Array,
  input: { readonly width: number; readonly height: number; readonly layout: "NCHW" | "NHWC" },
  copies: number,
  random: Random,
): Values {
  const { width, height, layout } = input;
  const size = 3 * width * height;
  const data = new Float32Array(copies * size);
  for (let copy = 0; copy < copies; copy += 1) {
    const into = data.subarray(copy * size, (copy + 1) * size);
    if (copy === 0) pixels.forEach((each, i) => (into[i] = each / 255));
    else augmentPicture(pixels, { width, height }, into, random);
    if (layout === "NHWC") toChannelsLast(into, width * height);
  }
  const dims = layout === "NHWC" ? [copies, height, width, 3] : [copies, 3, height, width];
  return { data, dims };
}

function toChannelsLast(values: Float32Array, plane: number): void {
  const planes = values.slice();
  for (let i = 0; i < plane; i += 1) {
    for (let c = 0; c < 3; c += 1) values[i * 3 + c] = planes[c * plane + i] as number;
  }
}
