import { expect, test } from "@jest/globals";
import { tempDir } from "@plimsoll/testing";
import { floats, int64s, pair, scaleModel, writeVersion } from "../fixtures/small-models.ts";
import { withModels } from "../fixtures/with-models.ts";
import { childProgram } from "../fixtures/child-program.ts";
import type { ModelOutput } from "../prediction.ts";
import { compareOutputs } from "./compare-outputs.ts";
import { createGolden } from "./create-golden.ts";
import { goldenTolerance } from "./golden.ts";
import { goldenFromJson, goldenToJson } from "./golden-json.ts";

test("O9: recorded answers come with the model, and other weights under its name are refused", async () => {
  await using dir = await tempDir();
  const right = await writeVersion(dir.path, "v1", scaleModel(2));
  const models = { process: { entry: childProgram() } };
  const golden = await createGolden(right, [pair(1, 2), pair(-3, 0.5)], { models });
  await withModels({}, async (served) => {
    expect(await served.swap({ ...right, metadata: { golden } })).toMatchObject({ version: "v1" });
    const wrong = await writeVersion(dir.path, "v2", scaleModel(2.1));
    const refused = served.swap({ ...wrong, metadata: { golden } });
    await expect(refused).rejects.toMatchObject({
      code: "E_GOLDEN",
      message: expect.stringContaining("golden case 0: output y[0] is 2.0999"),
    });
    const near = await writeVersion(dir.path, "v3", scaleModel(2.0005));
    expect(await served.swap({ ...near, metadata: { golden } })).toMatchObject({ version: "v3" });
    // Force is for another signature, not for wrong answers.
    const forced = served.swap({ ...wrong, metadata: { golden } }, { force: true });
    await expect(forced).rejects.toMatchObject({ code: "E_GOLDEN" });
  });
}, 180_000);

const outputs: readonly ModelOutput[] = [
  { kind: "tensors", tensors: [floats("y", [2], [1, 2]), int64s("n", [], [7])] },
  { kind: "tensors", tensors: [{ name: "t", type: "BYTES", shape: [1], data: ["é"] }] },
  {
    kind: "classification",
    predictedClass: "cat",
    confidence: 0.75,
    probabilities: { cat: 0.75, dog: 0.25 },
  },
  {
    kind: "detections",
    detections: [
      { class: "cat", classId: 0, confidence: 0.9, box: { x1: 1, y1: 2, x2: 30, y2: 40 } },
    ],
    image: { width: 64, height: 48 },
  },
];

test("inputs and outputs of every kind survive JSON", () => {
  const inputs = [
    pair(1, 2),
    { kind: "text", text: "hello" },
    { kind: "image", bytes: Uint8Array.of(255, 216) },
    { kind: "audio", bytes: Uint8Array.of(1) },
  ] as const;
  const cases = inputs.map((input, index) => ({ input, output: outputs[index] ?? outputs[0] }));
  const golden = {
    tolerance: { absolute: 0.5, relative: 0, pixels: 3 },
    cases: cases.flatMap(({ input, output }) => (output === undefined ? [] : [{ input, output }])),
  };
  const json: unknown = JSON.parse(JSON.stringify(goldenToJson(golden)));
  const back = goldenFromJson(json as Parameters<typeof goldenFromJson>[0]);
  expect(goldenToJson(back)).toEqual(goldenToJson(golden));
  expect(back.tolerance).toEqual(golden.tolerance);
});

test("tensors may be written by hand, as plain numbers", () => {
  const tensor = { name: "x", type: "FP32", shape: [2], data: [1, -2] };
  const { cases, tolerance } = goldenFromJson({
    format: 1,
    cases: [
      {
        input: { kind: "tensors", tensors: [tensor] },
        output: { kind: "tensors", tensors: [tensor] },
      },
    ],
  });
  expect(cases[0]?.input).toEqual({ kind: "tensors", tensors: [floats("x", [2], [1, -2])] });
  expect(tolerance).toEqual(goldenTolerance);
});

test.each([
  [{}],
  [{ format: 2, cases: [] }],
  [{ format: 1 }],
  [{ format: 1, cases: [], tolerance: { absolute: "x" } }],
  [{ format: 1, cases: [{ input: { kind: "video" }, output: {} }] }],
  [{ format: 1, cases: [{ input: { kind: "image", base64: "%%%" }, output: {} }] }],
  [{ format: 1, cases: [{ input: { kind: "text", text: "a" }, output: { kind: "x" } }] }],
  [
    {
      format: 1,
      cases: [
        {
          input: { kind: "tensors", tensors: [{ name: "x", type: "FP32", shape: [3], data: [1] }] },
          output: {},
        },
      ],
    },
  ],
])("%j is refused", (json) => {
  expect(() => goldenFromJson(json as Parameters<typeof goldenFromJson>[0])).toThrow(/^golden: /);
});

test("answers are compared within the tolerance of their kind", () => {
  const [tensors, texts, classes, boxes] = outputs;
  if (!tensors || !texts || classes?.kind !== "classification" || boxes?.kind !== "detections") {
    throw new Error("four outputs");
  }
  for (const each of outputs) expect(compareOutputs(each, each, goldenTolerance)).toBeUndefined();
  const differs = (a: ModelOutput, b: ModelOutput): string =>
    compareOutputs(a, b, goldenTolerance) ?? "the same";
  expect(differs(tensors, classes)).toBe("the answer is classification, not tensors");
  const others = [floats("y", [2], [1, 2.1]), int64s("n", [], [7])];
  expect(differs(tensors, { kind: "tensors", tensors: others })).toMatch(/^output y\[1\] is 2.09/);
  const wrong = [floats("y", [2], [1, 2]), int64s("n", [], [8])];
  expect(differs(tensors, { kind: "tensors", tensors: wrong })).toBe("output n differs");
  expect(differs(tensors, { kind: "tensors", tensors: [] })).toBe("output y is missing");
  const nan = [floats("y", [2], [1, NaN]), int64s("n", [], [7])];
  expect(differs(tensors, { kind: "tensors", tensors: nan })).toMatch(/NaN/);
  expect(differs(classes, { ...classes, predictedClass: "dog" })).toMatch(/class is dog/);
  const shares = { cat: 0.7, dog: 0.3 };
  expect(differs(classes, { ...classes, probabilities: shares })).toMatch(/cat is 0.7/);
  const moved = boxes.detections.map((each) => ({ ...each, box: { ...each.box, x1: 9 } }));
  expect(differs(boxes, { ...boxes, detections: moved })).toMatch(/^no cat of confidence/);
  expect(differs(boxes, { ...boxes, detections: [] })).toBe("0 detections, not 1");
});
