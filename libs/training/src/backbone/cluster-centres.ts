import { float32Tensor, model, type Model, valueInfo } from "@plimsoll/inference";
import type { Random } from "../random.ts";
import { startModel } from "../runtime.ts";
import { openTape } from "../step/tape.ts";

const rounds = 10;
const blockRows = 4096;

/**
 * Centres of length 1 `[count, size]` that rows lie along: spherical k-means (Coates and Ng 2012), each round as products
 * of matrices in onnxruntime. A centre that no row chooses starts again at a random row.
 */
export async function clusterCentres(
  rows: Float32Array,
  size: number,
  count: number,
  random: Random,
): Promise<Float32Array> {
  const total = rows.length / size;
  const centres = new Float32Array(count * size);
  const restart = (c: number): void => {
    const row = random.below(total);
    centres.set(rows.subarray(row * size, (row + 1) * size), c * size);
    normalise(centres.subarray(c * size, (c + 1) * size));
  };
  for (let c = 0; c < count; c += 1) restart(c);
  const running = await startModel(roundModel(size, count));
  try {
    for (let round = 0; round < rounds; round += 1) {
      const sums = new Float32Array(count * size);
      for (let from = 0; from < total; from += blockRows) {
        const data = rows.subarray(from * size, Math.min(total, from + blockRows) * size);
        const answer = await running.run({
          rows: { data, dims: [data.length / size, size] },
          centres: { data: centres, dims: [count, size] },
        });
        const part = answer["sums"]?.data as Float32Array;
        for (let i = 0; i < sums.length; i += 1)
          sums[i] = (sums[i] as number) + (part[i] as number);
      }
      centres.set(sums);
      for (let c = 0; c < count; c += 1) {
        if (!normalise(centres.subarray(c * size, (c + 1) * size))) restart(c);
      }
    }
  } finally {
    await running.close();
  }
  return centres;
}

/** Sums per centre of the rows that lie along it most, each times how far. */
function roundModel(size: number, count: number): Model {
  const tape = openTape();
  const along = tape.op("Gemm", ["rows", "centres"], { transB: 1 });
  const best = tape.op("ArgMax", [tape.op("Abs", [along])], { axis: 1, keepdims: 0 });
  const chosen = tape.op("OneHot", [best, tape.ints([count]), "off_on"], { axis: 1 });
  const amounts = tape.op("Mul", [along, chosen]);
  tape.rename(tape.op("Gemm", [amounts, "rows"], { transA: 1 }), "sums");
  return model({
    name: "clustering-round",
    nodes: tape.nodes,
    initializers: [...tape.initializers, float32Tensor("off_on", [2], [0, 1])],
    inputs: [valueInfo("rows", ["rows", size]), valueInfo("centres", [count, size])],
    outputs: [valueInfo("sums", [count, size])],
  });
}

/** To length 1; false where there is none. */
function normalise(centre: Float32Array): boolean {
  const length = Math.sqrt(centre.reduce((sum, each) => sum + each * each, 0));
  if (length < 1e-9) return false;
  centre.forEach((each, i) => (centre[i] = each / length));
  return true;
}
