import { readFile } from "node:fs/promises";
import type { BackboneInput } from "../backbone/backbone.ts";
import type { Problem } from "../dataset/problem.ts";
import type { Sample } from "../dataset/sample.ts";
import { TrainingError } from "../error.ts";
import { isSampleError } from "../features/extract-features.ts";
import { readExample } from "../features/read-example.ts";
import type { TrainProgress } from "../run/progress.ts";
import type { Batches } from "../step/batches.ts";
import { pictureLevels } from "../step/convnet.ts";
import { augmentPicture } from "./augment-picture.ts";

/** Decoded pictures of one side. */
export interface DecodedPictures {
  readonly samples: readonly Sample[];
  /** uint8 `[count, 3, height, width]`. */
  readonly pixels: Uint8Array;
  readonly problems: readonly Problem[];
}

/** Pictures that are decoded at the same time: a large one takes 50 MB while it is. */
const atOnce = 4;

/** Decodes pictures into one block of memory; what cannot be read is reported and left out. */
export async function decodePictures(
  samples: readonly Sample[],
  input: BackboneInput & { readonly kind: "picture" },
  options: {
    readonly signal?: AbortSignal;
    readonly onProgress?: (progress: TrainProgress) => void;
  },
): Promise<DecodedPictures> {
  const size = 3 * input.width * input.height;
  const pixels = new Uint8Array(samples.length * size);
  const read: Sample[] = [];
  const problems: Problem[] = [];
  const decode = async ({ id, path }: Sample): Promise<Uint8Array | Problem> => {
    try {
      const example = await readExample(await readFile(path), input);
      return example.kind === "picture" ? example.pixels : new Uint8Array(size);
    } catch (error) {
      if (!isSampleError(error)) throw error;
      const message = `${id}: ${String((error as Error).message).slice(0, 300)}`;
      return { sample: id, code: "E_INPUT", message };
    }
  };
  for (let from = 0; from < samples.length; from += atOnce) {
    const some = samples.slice(from, from + atOnce);
    if (options.signal?.aborted)
      throw new TrainingError("E_ABORTED", `${some[0]?.id ?? ""}: ended on request`);
    const decoded = await Promise.all(some.map(decode));
    for (const [i, each] of decoded.entries()) {
      if (each instanceof Uint8Array) {
        pixels.set(each, read.length * size);
        read.push(some[i] as Sample);
      } else problems.push(each);
    }
    options.onProgress?.({ stage: "decode", done: from + some.length, total: samples.length });
  }
  return { samples: read, pixels: pixels.subarray(0, read.length * size), problems };
}

/** Decoded pictures as examples of the convolutional net: each time another changed copy while training. */
export function pictureBatches(
  { samples, pixels }: DecodedPictures,
  classes: readonly string[],
  side: number,
): Batches {
  const size = 3 * side * side;
  const { mean, deviation } = pictureLevels;
  return {
    count: samples.length,
    shape: [3, side, side],
    labels: samples.map((sample) => classes.indexOf(sample.class)),
    fill(rows, into, random) {
      rows.forEach((row, i) => {
        const picture = pixels.subarray(row * size, (row + 1) * size);
        const place = into.subarray(i * size, (i + 1) * size);
        if (random) augmentPicture(picture, { width: side, height: side }, place, random);
        else for (let k = 0; k < size; k += 1) place[k] = (picture[k] as number) / 255;
        for (let k = 0; k < size; k += 1) place[k] = ((place[k] as number) - mean) / deviation;
      });
    },
  };
}
