import { expect, jest, test } from "@jest/globals";
import { logMel, model, valueInfo } from "@plimsoll/inference";
import { seededRandom } from "../random.ts";
import { startModel } from "../runtime.ts";
import { openTape } from "../step/tape.ts";
import { writeLogMel, writePatches } from "./write-log-mel.ts";

jest.setTimeout(60_000);

/** The graph's patches of a sound, `[patches, 96, 64]`. */
async function patchesOf(samples: Float32Array, shape: readonly number[]) {
  const tape = openTape();
  tape.rename(writePatches(tape, writeLogMel(tape, "waveform"), shape), "patches");
  const running = await startModel(
    model({
      name: "frontend",
      nodes: tape.nodes,
      initializers: tape.initializers,
      inputs: [valueInfo("waveform", ["samples"])],
      outputs: [
        valueInfo(
          "patches",
          shape.map((size, axis) => (size < 0 ? `d${axis}` : size)),
        ),
      ],
    }),
  );
  const { patches } = await running.run({ waveform: { data: samples, dims: [samples.length] } });
  await running.close();
  return patches;
}

test.each([100, 15_600, 15_601, 40_000])(
  "%d samples: the graph's patches are those that serving computes",
  async (length) => {
    const random = seededRandom(3);
    const samples = Float32Array.from(
      { length },
      (_, i) => 0.4 * Math.sin(i / 7) + 0.05 * random.normal(),
    );
    const patches = await patchesOf(samples, [-1, 96, 64]);
    const expected = logMel(samples);
    expect(patches?.dims).toEqual([expected.patches, 96, 64]);
    const values = patches?.data as Float32Array;
    const worst = values.reduce(
      (most, each, i) => Math.max(most, Math.abs(each - (expected.values[i] as number))),
      0,
    );
    expect(worst).toBeLessThan(2e-3);
  },
);

test("a model that wants bands before frames gets them turned", async () => {
  const samples = Float32Array.from({ length: 16_000 }, (_, i) => Math.sin(i / 9));
  const upright = await patchesOf(samples, [-1, 96, 64]);
  const turned = await patchesOf(samples, [-1, 1, 64, 96]);
  expect(turned?.dims).toEqual([2, 1, 64, 96]);
  expect((turned?.data as Float32Array)[5 * 96 + 7]).toBe(
    (upright?.data as Float32Array)[7 * 64 + 5],
  );
});
