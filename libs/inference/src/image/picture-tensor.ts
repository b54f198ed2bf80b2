import { InferenceError } from "../error.ts";
import { elementBytes } from "../pipelines/tensor-values.ts";
import { numberToHalf } from "../pipelines/half.ts";
import type { NamedTensor, TensorType } from "../tensor.ts";
import type { RgbPicture } from "./decode-picture.ts";

/** How pixels become numbers. */
export interface PictureTensorOptions {
  /** Name of the model's input. */
  readonly name: string;
  /** Default `NCHW`. */
  readonly layout?: "NCHW" | "NHWC";
  /** 3: RGB, 1: grey (ITU-R BT.601). Default 3. */
  readonly channels?: 1 | 3;
  /** `UINT8` and `INT32` take 0 to 255 as they are. Default `FP32`. */
  readonly type?: TensorType;
  /** What 0 and 255 become. Default `[0, 1]`. */
  readonly range?: readonly [number, number];
  /** Subtracted per channel, in `range`. Default 0. */
  readonly mean?: readonly number[];
  /** Divided by, per channel. Default 1. */
  readonly std?: readonly number[];
}

/**
 * Pixels as a tensor `[1, channels, height, width]` (`NCHW`) or `[1, height, width, channels]` (`NHWC`).
 *
 * @throws InferenceError `E_USAGE` for an element type that pictures are not given in.
 */
export function pictureTensor(picture: RgbPicture, options: PictureTensorOptions): NamedTensor {
  const { name, layout = "NCHW", channels = 3, type = "FP32" } = options;
  const { width, height } = picture;
  const pixels = width * height;
  const values = type === "UINT8" ? new Uint8Array(pixels * channels) : scaled(pixels, options);
  const rgb = channels === 3 ? picture.rgb : grey(picture.rgb);
  for (let channel = 0; channel < channels; channel += 1) {
    const table = tableOf(channel, options);
    const step = layout === "NCHW" ? 1 : channels;
    let to = layout === "NCHW" ? channel * pixels : channel;
    for (let from = channel; from < pixels * channels; from += channels) {
      values[to] = table[rgb[from] ?? 0] ?? 0;
      to += step;
    }
  }
  const shape = layout === "NCHW" ? [1, channels, height, width] : [1, height, width, channels];
  return { name, type, shape, data: asBytes(values, type) };
}

const scaled = (pixels: number, { channels = 3 }: PictureTensorOptions): Float32Array =>
  new Float32Array(pixels * channels);

/** What each of the 256 byte values becomes in a channel. */
function tableOf(channel: number, options: PictureTensorOptions): Float32Array {
  const { type = "FP32", range = [0, 1], mean = [], std = [] } = options;
  return Float32Array.from({ length: 256 }, (_, byte) => {
    if (type === "UINT8" || type === "INT32") return byte;
    const value = range[0] + (byte / 255) * (range[1] - range[0]);
    return (value - (mean[channel] ?? mean[0] ?? 0)) / (std[channel] ?? std[0] ?? 1);
  });
}

function grey(rgb: Uint8Array): Uint8Array {
  return Uint8Array.from({ length: rgb.length / 3 }, (_, pixel) => {
    const at = pixel * 3;
    return 0.299 * (rgb[at] ?? 0) + 0.587 * (rgb[at + 1] ?? 0) + 0.114 * (rgb[at + 2] ?? 0) + 0.5;
  });
}

function asBytes(values: Float32Array | Uint8Array, type: TensorType): Uint8Array {
  if (type === "FP32" || type === "UINT8") {
    return new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
  }
  if (type !== "FP16" && type !== "FP64" && type !== "INT32") {
    throw new InferenceError("E_USAGE", `pictures are given as FP32, FP16, UINT8, not as ${type}`);
  }
  const size = elementBytes[type];
  const data = new Uint8Array(values.length * size);
  const view = new DataView(data.buffer);
  values.forEach((value, index) => {
    if (type === "FP16") view.setUint16(index * 2, numberToHalf(value), true);
    else if (type === "FP64") view.setFloat64(index * 8, value, true);
    else view.setInt32(index * 4, Math.round(value), true);
  });
  return data;
}
