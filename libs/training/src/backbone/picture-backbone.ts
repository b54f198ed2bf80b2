import { model, valueInfo } from "@plimsoll/inference";
import { readFile } from "node:fs/promises";
import type { Sample } from "../dataset/sample.ts";
import { TrainingError } from "../error.ts";
import { readExample } from "../features/read-example.ts";
import { type Random, seededRandom } from "../random.ts";
import { openTape } from "../step/tape.ts";
import { type Backbone, backbone, type BackboneInput } from "./backbone.ts";
import { clusterCentres } from "./cluster-centres.ts";
import { timesMatrix } from "./row-products.ts";
import { whitening } from "./whitening.ts";

/** Settings of the built-in backbone for pictures. */
export const pictureBackboneDefaults = {
  side: 48,
  patch: 6,
  filters: 256,
  patches: 30_000,
  pictures: 1_000,
  grid: 3,
  threshold: 0.5,
} as const;

/**
 * The built-in backbone for pictures, without a download: filters are the centres of whitened patches of the pictures
 * themselves, found by clustering; how far each place is along a filter beyond a threshold is added up over a grid of
 * 3 × 3 (Coates and Ng 2012, "Learning feature representations with k-means"). Whitening is folded into the filters.
 *
 * @throws TrainingError `E_SAMPLES` when no picture can be read.
 */
export async function pictureBackbone(
  samples: readonly Sample[],
  options: { readonly seed: number; readonly signal?: AbortSignal },
): Promise<Backbone> {
  const { side, patch, filters, grid, threshold } = pictureBackboneDefaults;
  const random = seededRandom(options.seed);
  const input = {
    kind: "picture",
    name: "image",
    width: side,
    height: side,
    layout: "NCHW",
  } as const;
  const rows = await collectPatches(samples, input, random, options.signal);
  const size = patch * patch * 3;
  const { mean, matrix } = await whitening(rows, size);
  const white = await timesMatrix(rows, matrix, size);
  const centres = await clusterCentres(white, size, filters, random);
  // centre · (W · (x - mean)) = (Wᵀ · centre) · x - (Wᵀ · centre) · mean, and W is symmetric.
  const weights = new Float32Array(filters * size);
  const bias = new Float32Array(filters);
  for (let f = 0; f < filters; f += 1) {
    for (let i = 0; i < size; i += 1) {
      let sum = 0;
      for (let j = 0; j < size; j += 1) {
        sum += (matrix[j * size + i] as number) * (centres[f * size + j] as number);
      }
      weights[f * size + i] = sum;
      bias[f] = (bias[f] as number) - sum * (mean[i] as number);
    }
    bias[f] = (bias[f] as number) - threshold;
  }
  const tape = openTape();
  const answers = tape.op("Conv", [
    input.name,
    tape.floats("filters", [filters, 3, patch, patch], weights),
    tape.floats("thresholds", [filters], bias),
  ]);
  const positive = tape.op("Relu", [answers]);
  const places = side - patch + 1;
  const cell = Math.floor(places / grid);
  const pooled = tape.op("AveragePool", [positive], {
    kernel_shape: [cell, cell],
    strides: [cell, cell],
  });
  const left = Math.floor((places - cell) / cell) + 1;
  tape.rename(tape.op("Flatten", [pooled], { axis: 1 }), "features");
  const width = filters * left * left;
  return backbone({
    model: model({
      name: "picture-features",
      nodes: tape.nodes,
      initializers: tape.initializers,
      inputs: [valueInfo(input.name, ["batch", 3, side, side])],
      outputs: [valueInfo("features", ["batch", width])],
    }),
    input,
    width,
    source: "built-in picture features 1, filters from the pictures",
  });
}

/** Random patches `[count, 3 · patch · patch]`, 0 to 1; pictures that cannot be read are passed over. */
async function collectPatches(
  samples: readonly Sample[],
  input: BackboneInput & { readonly kind: "picture" },
  random: Random,
  signal?: AbortSignal,
): Promise<Float32Array> {
  const { side, patch, patches, pictures } = pictureBackboneDefaults;
  const size = patch * patch * 3;
  const every = Math.max(1, Math.floor(samples.length / pictures));
  const chosen = samples.filter((_, i) => i % every === 0);
  const each = Math.min(100, Math.ceil(patches / Math.max(1, chosen.length)));
  const rows = new Float32Array(chosen.length * each * size);
  let end = 0;
  for (const sample of chosen) {
    if (signal?.aborted)
      throw new TrainingError("E_ABORTED", "filters of pictures: ended on request");
    const example = await readFile(sample.path)
      .then((bytes) => readExample(bytes, input))
      .catch(() => undefined);
    if (example?.kind !== "picture") continue;
    for (let n = 0; n < each; n += 1) {
      const [x, y] = [random.below(side - patch + 1), random.below(side - patch + 1)];
      for (let i = 0; i < size; i += 1) {
        const [c, row, column] = [
          Math.floor(i / patch ** 2),
          Math.floor(i / patch) % patch,
          i % patch,
        ];
        const at = c * side * side + (y + row) * side + x + column;
        rows[end + i] = (example.pixels[at] as number) / 255;
      }
      end += size;
    }
  }
  if (end === 0) {
    throw new TrainingError("E_SAMPLES", `none of the ${samples.length} pictures can be read`);
  }
  return rows.slice(0, end);
}
