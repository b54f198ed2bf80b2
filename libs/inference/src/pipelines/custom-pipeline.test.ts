import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "@jest/globals";
import type { ModelInput } from "../model-input.ts";
import { openPipeline, type PipelineOptions } from "./open-pipeline.ts";
import type { Pipeline } from "./pipeline.ts";
import { floatTensor } from "./tensor-values.ts";

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "plimsoll-custom-"));
});
afterAll(async () => rm(folder, { recursive: true }));

const model: PipelineOptions = {
  inputs: [{ name: "x", type: "FP32", shape: [1, 2] }],
  outputs: [{ name: "y", type: "FP32", shape: [1, 2] }],
  modelMetadata: {},
  config: {},
};

async function open(name: string, source: string): Promise<Pipeline> {
  const custom = join(folder, name);
  await writeFile(custom, source);
  return openPipeline({ ...model, custom });
}

const text: ModelInput = { kind: "text", text: "ab" };
const y = floatTensor("y", [1, 2], Float32Array.of(0.25, 0.75));

test("a module of one's own stands before and behind the model", async () => {
  const pipeline = await open(
    "both.mjs",
    `export const accepts = ["text"];
     export function prepare(input, model) {
       const [{ name, shape }] = model.inputs;
       const values = Float32Array.from(input.text, (letter) => letter.charCodeAt(0));
       const data = new Uint8Array(values.buffer);
       return { feeds: [{ name, type: "FP32", shape, data }], state: input.text.length };
     }
     export function finish(outputs, state, config) {
       const [a, b] = new Float32Array(outputs[0].data.buffer);
       const predictedClass = config.labels[b > a ? 1 : 0];
       return { kind: "classification", predictedClass, confidence: b, probabilities: { letters: state } };
     }`,
  );
  expect(pipeline.accepts).toEqual(["text", "tensors"]);
  const { feeds, state } = await pipeline.prepare(text);
  expect(feeds).toEqual([floatTensor("x", [1, 2], Float32Array.of(97, 98))]);
  expect(pipeline.finish([y], state, { labels: ["no", "yes"] }, text)).toEqual({
    kind: "classification",
    predictedClass: "yes",
    confidence: 0.75,
    probabilities: { letters: 2 },
  });
  await expect(pipeline.prepare({ kind: "image", bytes: new Uint8Array(1) })).rejects.toMatchObject(
    { code: "E_MEDIA" },
  );
  const tensors = { kind: "tensors", tensors: [{ ...y, name: "x" }] } as const;
  expect((await pipeline.prepare(tensors)).feeds).toHaveLength(1);
});

test("what the module throws is said with its path, and is no crash", async () => {
  const pipeline = await open(
    "throws.mjs",
    `export async function prepare() { throw new Error("too blurred"); }
     export function finish() { throw new TypeError("no box"); }`,
  );
  await expect(pipeline.prepare(text)).rejects.toMatchObject({
    code: "E_INPUT",
    message: expect.stringMatching(/throws\.mjs: prepare: too blurred$/),
  });
  expect(() => pipeline.finish([y], undefined, {}, text)).toThrow(
    expect.objectContaining({ code: "E_OUTPUT", message: expect.stringContaining("no box") }),
  );
});

test("a module that cannot be used is refused when the model is loaded", async () => {
  for (const source of ["export const prepare = 3;", "export default 1;", "syntax error ("]) {
    const name = `bad-${source.length}.mjs`;
    await expect(open(name, source)).rejects.toMatchObject({ code: "E_USAGE" });
  }
  for (const custom of ["relative.mjs", join(folder, "missing.mjs")]) {
    await expect(openPipeline({ ...model, custom })).rejects.toMatchObject({ code: "E_USAGE" });
  }
});
