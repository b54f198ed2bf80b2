import { expect, test } from "@jest/globals";
import { tempDir } from "@plimsoll/testing";
import { floats, numbersOf, pair, scaleModel, writeVersion } from "../fixtures/small-models.ts";
import { withModels } from "../fixtures/with-models.ts";
import { canJoin, joinFeeds, splitRows } from "./batch.ts";

test("feeds are joined along the first axis, and outputs split again", () => {
  const a = [floats("x", [1, 2], [1, 2])];
  const b = [floats("x", [2, 2], [3, 4, 5, 6])];
  expect(canJoin(a, b)).toBe(true);
  const joined = joinFeeds([a, b]);
  expect(joined).toEqual([floats("x", [3, 2], [1, 2, 3, 4, 5, 6])]);
  expect(splitRows(joined, [1, 2])).toEqual([a, b]);
  const text = (data: readonly string[]) =>
    [{ name: "t", type: "BYTES", shape: [data.length], data }] as const;
  expect(joinFeeds([text(["a"]), text(["b", "c"])])).toEqual(text(["a", "b", "c"]));
  expect(splitRows(text(["a", "b", "c"]), [1, 2])).toEqual([text(["a"]), text(["b", "c"])]);
});

test("feeds of other names, types or sizes are not joined, and odd outputs not split", () => {
  const a = [floats("x", [1, 2], [1, 2])];
  expect(canJoin(a, [floats("z", [1, 2], [1, 2])])).toBe(false);
  expect(canJoin(a, [floats("x", [1, 1], [1])])).toBe(false);
  expect(canJoin([floats("x", [], [1])], [floats("x", [], [1])])).toBe(false);
  expect(() => splitRows([floats("y", [1, 2], [1, 2])], [1, 1])).toThrow(/for 2 rows/);
});

test("predictions that wait together run together, and each gets its own answer or fault", async () => {
  await using dir = await tempDir();
  await withModels({ batching: { minGain: 0 } }, async (models) => {
    await models.swap(await writeVersion(dir.path, "v1", scaleModel(2)));
    expect(models.status()[0]?.versions[0]?.maxBatch).toBe(8);
    const tensors = [floats("x", [2, 2], [1, 2, 3, 4])];
    const asked = [
      ...Array.from({ length: 9 }, (_, index) => models.predict("scale", pair(index, 1))),
      models.predict("scale", { kind: "tensors", tensors }),
      models.predict("scale", pair(NaN, 1)),
      models.predict("scale", pair(3e38, 1)),
      models.predict("scale", pair(9, 9)),
    ];
    const results = await Promise.allSettled(asked);
    const told = results.map((each) =>
      each.status === "fulfilled"
        ? numbersOf(each.value.output)
        : (each.reason as { code: string }).code,
    );
    expect(told).toEqual([
      ...Array.from({ length: 9 }, (_, index) => [2 * index, 2]),
      [2, 4, 6, 8],
      "E_INPUT",
      "E_OUTPUT",
      [18, 18],
    ]);
  });
}, 180_000);
