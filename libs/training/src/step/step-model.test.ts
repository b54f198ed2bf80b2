import { expect, jest, test } from "@jest/globals";
import { seededRandom } from "../random.ts";
import { startModel, type Values } from "../runtime.ts";
import { lossAndGradient } from "../head/head.ts";
import type { LayerMaker } from "./layer.ts";
import { batchNorm } from "./batch-norm.ts";
import { conv } from "./conv.ts";
import { dense } from "./dense.ts";
import { dropout } from "./dropout.ts";
import { globalAverage } from "./global-average.ts";
import { type Network, network, startState } from "./network.ts";
import { relu } from "./relu.ts";
import { stepModel } from "./step-model.ts";

jest.setTimeout(60_000);

const rows = 6;

/** Loss and slope of a network at `parameters`, from one run of its training step. */
async function openStep(net: Network): Promise<{
  readonly at: (parameters: Float32Array) => Promise<{ loss: number; slope: Float32Array }>;
  readonly close: () => Promise<void>;
}> {
  const random = seededRandom(8);
  const size = net.shape.reduce((a, b) => a * b, 1);
  const values = Float32Array.from({ length: rows * size }, () => random.normal());
  const targets = new Float32Array(rows * net.classes);
  for (let row = 0; row < rows; row += 1) targets[row * net.classes + (row % net.classes)] = 1;
  const { model, masks } = stepModel(net);
  const running = await startModel(model);
  const scalar = (value: number): Values => ({ data: Float32Array.of(value), dims: [] });
  const start = startState(net, 3);
  const count = start.parameters.length;
  const zeros = { data: new Float32Array(count), dims: [count] };
  return {
    close: () => running.close(),
    async at(parameters) {
      const answer = await running.run({
        values: { data: values, dims: [rows, ...net.shape] },
        targets: { data: targets, dims: [rows, net.classes] },
        row_weights: { data: Float32Array.of(1, 2, 1, 1, 0.5, 1), dims: [rows, 1] },
        parameters: { data: parameters, dims: [count] },
        first: zeros,
        second: zeros,
        ...(net.statistics.length > 0
          ? { statistics: { data: start.statistics, dims: [start.statistics.length] } }
          : {}),
        rate: scalar(0),
        decay: scalar(0),
        first_correction: scalar(10),
        second_correction: scalar(1000),
        ...Object.fromEntries(
          masks.map(({ name, shape }) => {
            const dims = [rows, ...shape];
            const data = new Float32Array(dims.reduce((a, b) => a * b, 1)).fill(2);
            data.forEach((_, i) => (data[i] = i % 3 === 0 ? 0 : 1.5));
            return [name, { data, dims }];
          }),
        ),
      });
      // The first moment starts at 0, so its next value is a tenth of the slope.
      const slope = (answer["first_next"]?.data as Float32Array).map((each) => each * 10);
      return { loss: answer["loss"]?.data[0] as number, slope };
    },
  };
}

const networks: Readonly<Record<string, [number[], LayerMaker[]]>> = {
  "dense layers with dropout": [[5], [dense(4), relu, dropout(1 / 3), dense(3)]],
  "a convolution": [
    [2, 5, 4],
    [conv(3), globalAverage, dense(3)],
  ],
  "a convolution of a convolution, strided": [
    [2, 7, 6],
    [conv(3, 2), conv(2), globalAverage, dense(3)],
  ],
  "batch normalisation": [
    [2, 3, 3],
    [conv(3), batchNorm, globalAverage, dense(3)],
  ],
  "normalised convolutions, the first one strided": [
    [2, 6, 5],
    [conv(3, 2), batchNorm, relu, conv(3), dense(3)],
  ],
};

test.each(Object.keys(networks))("%s: the slope is that of the loss", async (name) => {
  const [shape, makers] = networks[name] as [number[], LayerMaker[]];
  const net = network(shape, makers);
  const step = await openStep(net);
  const { parameters } = startState(net, 3);
  const { slope } = await step.at(parameters);
  let worst = 0;
  for (let i = 0; i < parameters.length; i += Math.ceil(parameters.length / 60)) {
    const around = async (by: number): Promise<number> => {
      const moved = parameters.slice();
      moved[i] = (moved[i] as number) + by;
      return (await step.at(moved)).loss;
    };
    const numeric = ((await around(1e-3)) - (await around(-1e-3))) / 2e-3;
    worst = Math.max(worst, Math.abs(numeric - (slope[i] as number)));
  }
  await step.close();
  // Kinks of ReLU leave a little more than float32's noise.
  expect(worst).toBeLessThan(5e-3);
  expect(slope.some((each) => Math.abs(each) > 1e-2)).toBe(true);
});

test("loss and slope are those of the head written in plain TypeScript", async () => {
  const net = network([4], [dense(3), relu, dense(2)]);
  const { parameters } = startState(net, 5);
  const random = seededRandom(6);
  const values = Float32Array.from({ length: rows * 4 }, () => random.normal());
  const labels = Uint8Array.from({ length: rows }, (_, row) => row % 2);
  const layer = (inputs: number, outputs: number, from: number) => ({
    inputs,
    outputs,
    weights: parameters.slice(from, from + inputs * outputs),
    bias: parameters.slice(from + inputs * outputs, from + inputs * outputs + outputs),
  });
  const head = { layers: [layer(4, 3, 0), layer(3, 2, 15)] };
  const expected = lossAndGradient(head, { values, width: 4, labels, classes: 2 });
  const running = await startModel(stepModel(net).model);
  const scalar = (value: number): Values => ({ data: Float32Array.of(value), dims: [] });
  const zeros = { data: new Float32Array(parameters.length), dims: [parameters.length] };
  const answer = await running.run({
    values: { data: values, dims: [rows, 4] },
    targets: { data: oneHot(labels), dims: [rows, 2] },
    row_weights: { data: new Float32Array(rows).fill(1), dims: [rows, 1] },
    parameters: { data: parameters, dims: [parameters.length] },
    first: zeros,
    second: zeros,
    rate: scalar(0),
    decay: scalar(0),
    first_correction: scalar(10),
    second_correction: scalar(1000),
  });
  await running.close();
  expect(answer["loss"]?.data[0]).toBeCloseTo(expected.loss, 5);
  const slope = answer["first_next"]?.data as Float32Array;
  const flat = expected.gradient.flatMap(({ weights, bias }) => [...weights, ...bias]);
  flat.forEach((each, i) => expect((slope[i] as number) * 10).toBeCloseTo(each, 4));
});

function oneHot(labels: Uint8Array): Float32Array {
  const targets = new Float32Array(labels.length * 2);
  labels.forEach((label, row) => (targets[row * 2 + label] = 1));
  return targets;
}
