import type { ModelInput as InputMetadata } from "@plimsoll/manifest";
import type { TensorInfo } from "../tensor.ts";
import type { Resize } from "./picture-fit.ts";
import type { PictureTensorOptions } from "./picture-tensor.ts";

/** How an uploaded picture becomes a model's input. */
export interface PictureInput extends PictureTensorOptions {
  readonly width: number;
  readonly height: number;
  readonly resize: Resize;
}

/** Where the metadata and the file leave something open. */
export interface PictureInputDefaults {
  /** Pixels of both sides where the model takes any size and nothing else names one. */
  readonly size: number;
  readonly resize: Resize;
  /** `metadata_props` of the ONNX file: `imgsz` names the size that a YOLO was exported for, `[height, width]`. */
  readonly modelMetadata: Readonly<Record<string, string>>;
}

/** Whether an input looks like a picture: `[batch, 1 or 3, height, width]` or the channels last. */
export function takesPicture(info: TensorInfo): boolean {
  return info.shape.length === 4 && layoutOf(info) !== undefined;
}

/** The input as the file declares it; where the file leaves it open as the metadata says, then the defaults. */
export function pictureInput(
  info: TensorInfo,
  metadata: InputMetadata | undefined,
  defaults: PictureInputDefaults,
): PictureInput {
  const layout = layoutOf(info) ?? metadata?.layout ?? "NCHW";
  const [, a = -1, b = -1, c = -1] = info.shape;
  const [channels, height, width] = layout === "NCHW" ? [a, b, c] : [c, a, b];
  const exported = imageSize(defaults.modelMetadata["imgsz"]);
  const firstPositive = (...sizes: readonly (number | undefined)[]): number =>
    sizes.find((size) => size !== undefined && size > 0) ?? defaults.size;
  return {
    name: info.name,
    type: info.type,
    layout: metadata?.layout ?? layout,
    channels: channels === 1 ? 1 : 3,
    width: firstPositive(width, metadata?.width, exported?.[1]),
    height: firstPositive(height, metadata?.height, exported?.[0]),
    resize: metadata?.resize ?? defaults.resize,
    ...(metadata?.range === undefined ? {} : { range: metadata.range }),
    ...(metadata?.mean === undefined ? {} : { mean: metadata.mean }),
    ...(metadata?.std === undefined ? {} : { std: metadata.std }),
  };
}

function layoutOf({ shape }: TensorInfo): "NCHW" | "NHWC" | undefined {
  const isColour = (size: number | undefined): boolean => size === 1 || size === 3;
  if (isColour(shape[1])) return "NCHW";
  return isColour(shape[3]) ? "NHWC" : undefined;
}

/** `[640, 640]`, as Ultralytics writes it, or one number. */
function imageSize(text: string | undefined): readonly [number, number] | undefined {
  const [height = 0, width = height] = (text?.match(/\d+/g) ?? []).map(Number);
  return height > 0 ? [height, width] : undefined;
}
