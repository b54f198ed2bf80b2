import { expect, jest, test } from "@jest/globals";
import { seededRandom } from "../random.ts";
import { type Batches, rowBatches } from "./batches.ts";
import { batchNorm } from "./batch-norm.ts";
import { conv } from "./conv.ts";
import { dense } from "./dense.ts";
import { fit, type FitOptions } from "./fit.ts";
import type { FitProgress } from "./fit-state.ts";
import { globalAverage } from "./global-average.ts";
import { dropout } from "./dropout.ts";
import { network } from "./network.ts";
import { relu } from "./relu.ts";

jest.setTimeout(60_000);

/** Pictures of 6 × 6 with a bright left or right half. */
function halves(count: number, seed: number): Batches {
  const random = seededRandom(seed);
  const labels = Uint8Array.from({ length: count }, (_, i) => i % 2);
  const values = Float32Array.from({ length: count * 36 }, (_, at) => {
    const isRight = at % 6 >= 3;
    return random.normal() + (isRight === (labels[Math.floor(at / 36)] === 1) ? 0.8 : 0);
  });
  return { ...rowBatches(values, 36, labels), shape: [1, 6, 6] };
}

const net = () =>
  network(
    [1, 6, 6],
    [conv(4, 2), batchNorm, relu, conv(4), relu, dropout(0.2), globalAverage, dense(2, 1)],
  );
const settings: FitOptions = {
  epochs: 4,
  batchRows: 8,
  rate: 0.02,
  mix: 0.3,
  averaging: 0.9,
  smoothing: 0.05,
  validation: halves(16, 2),
};

test("a training that ends in the middle goes on after its last whole epoch, with the same result", async () => {
  const data = halves(40, 1);
  const whole = await fit(net(), data, settings);
  let kept: FitProgress | undefined;
  const checkpoint = {
    read: () => Promise.resolve(kept),
    write: (progress: FitProgress) => {
      kept = structuredClone(progress);
      return Promise.resolve();
    },
  };
  const stop = new AbortController();
  const cut = fit(net(), data, {
    ...settings,
    checkpoint,
    signal: stop.signal,
    onEpoch: ({ epoch }) => {
      if (epoch === 2) stop.abort();
    },
  });
  await expect(cut).rejects.toMatchObject({ code: "E_ABORTED" });
  expect(kept?.epoch).toBe(2);
  const told: number[] = [];
  const rest = await fit(net(), data, {
    ...settings,
    checkpoint,
    onEpoch: ({ epoch }) => told.push(epoch),
  });
  expect(told).toEqual([1, 2, 3, 4]);
  expect(rest.curves).toEqual(whole.curves);
  expect(Array.from(rest.state.parameters)).toEqual(Array.from(whole.state.parameters));
  expect(Array.from(rest.state.statistics)).toEqual(Array.from(whole.state.statistics));
});

test("what another network left is not gone on from", async () => {
  const data = halves(16, 1);
  const other = network([1, 6, 6], [dense(2)]);
  let kept: FitProgress | undefined;
  const write = (progress: FitProgress): Promise<void> => {
    kept = progress;
    return Promise.resolve();
  };
  const read = (): Promise<FitProgress | undefined> => Promise.resolve(kept);
  await fit(other, data, { epochs: 1, checkpoint: { read, write } });
  const { curves } = await fit(net(), data, { epochs: 1, checkpoint: { read, write } });
  expect(curves).toHaveLength(1);
});

test("averaged weights of mixed examples tell the classes apart", async () => {
  const { curves } = await fit(net(), halves(200, 3), { ...settings, epochs: 12 });
  expect(Math.max(...curves.map((each) => each.validationAccuracy ?? 0))).toBeGreaterThan(0.9);
});
