import { expect, test } from "@jest/globals";
import { checkSignature, type Signature } from "./check-signature.ts";

const old: Signature = {
  version: "v1",
  inputs: [{ name: "x", type: "FP32", shape: [1, 3, 224, 224] }],
  outputs: [{ name: "y", type: "FP32", shape: [-1, 10] }],
  classes: ["a", "b"],
};

test("an equal signature passes, and so does an open size in place of a fixed one", () => {
  checkSignature(old, { ...old, version: "v2" });
  checkSignature(old, {
    ...old,
    inputs: [{ name: "x", type: "FP32", shape: [-1, 3, -1, -1] }],
    outputs: [{ name: "y", type: "FP32", shape: [1, 10] }, ...old.inputs],
  });
});

test.each<[string, Partial<Signature>]>([
  ["input x is missing", { inputs: [{ name: "z", type: "FP32", shape: [1, 3, 224, 224] }] }],
  ["input x is FP16", { inputs: [{ name: "x", type: "FP16", shape: [1, 3, 224, 224] }] }],
  [
    "input x is FP32 [3, 224, 224]",
    { inputs: [{ name: "x", type: "FP32", shape: [3, 224, 224] }] },
  ],
  [
    "and was FP32 [1, 3, 224, 224]",
    { inputs: [{ name: "x", type: "FP32", shape: [1, 3, 96, 96] }] },
  ],
  ["input z is new", { inputs: [...old.inputs, { name: "z", type: "FP32", shape: [] }] }],
  ["output y is FP32 [?, 12]", { outputs: [{ name: "y", type: "FP32", shape: [-1, 12] }] }],
  ["3 classes instead of 2", { classes: ["a", "b", "c"] }],
])("O9: %s", (message, change) => {
  expect(() => checkSignature(old, { ...old, version: "v2", ...change })).toThrow(message);
});

test("O9: an input that was open may not become fixed", () => {
  const open = { ...old, inputs: [{ name: "x", type: "FP32", shape: [-1, 3] }] } as const;
  const fixed = { ...open, inputs: [{ name: "x", type: "FP32", shape: [1, 3] }] } as const;
  expect(() => checkSignature(open, fixed)).toThrow(/cannot replace v1.*swap with force/);
});
