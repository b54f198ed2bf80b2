import { expect, test } from "@jest/globals";
import type { ModelConfig } from "../../model-config.ts";
import type { ModelInput } from "../../model-input.ts";
import type { ModelOutput } from "../../prediction.ts";
import { encodeModel } from "../../onnx/codec.ts";
import { model } from "../../onnx/model.ts";
import { node } from "../../onnx/node.ts";
import { float32Tensor } from "../../onnx/tensor.ts";
import { valueInfo } from "../../onnx/value-info.ts";
import { hashNgrams } from "../../text/hash-ngrams.ts";
import { openPipeline } from "../open-pipeline.ts";
import { testSession } from "../../testing/session.ts";

async function read(
  bytes: Uint8Array,
  text: string,
  config: ModelConfig = {},
): Promise<ModelOutput> {
  const session = await testSession(bytes);
  try {
    const pipeline = await openPipeline({
      ...session,
      metadata: { task: "text-classification", classes: ["drone", "bird"] },
      modelMetadata: {},
      config,
    });
    const input: ModelInput = { kind: "text", text };
    const { feeds, state } = await pipeline.prepare(input);
    return pipeline.finish(await session.run(feeds), state, config, input);
  } finally {
    await session.close();
  }
}

const SIZE = 2048;

/** A linear model whose two rows are the n-grams of one text for each class. */
function ngramModel(): Uint8Array {
  const rows = ["a drone with rotors", "a bird with feathers"].map((text) =>
    hashNgrams(text, { size: SIZE }),
  );
  return encodeModel(
    model({
      name: "texts",
      nodes: [node("Gemm", ["x", "W"], ["logits"], { transB: 1, alpha: { float: 10 } })],
      initializers: [
        float32Tensor(
          "W",
          [2, SIZE],
          rows.flatMap((row) => [...row]),
        ),
      ],
      inputs: [valueInfo("x", ["batch", SIZE])],
      outputs: [valueInfo("logits", ["batch", 2])],
    }),
  );
}

/** Strings in: the class of the word itself, by a table. */
function stringModel(): Uint8Array {
  const words = ["rotor", "feather"].map((word) => new TextEncoder().encode(word));
  const lookup = (index: number): ReturnType<typeof node> =>
    node("Constant", [], [`word/${index}`], {
      value: {
        tensor: { dims: [1], dataType: 8, stringData: [words[index] ?? new Uint8Array(0)] },
      },
    });
  return encodeModel(
    model({
      name: "words",
      nodes: [
        ...[0, 1].flatMap((index) => [
          lookup(index),
          node("Equal", ["text", `word/${index}`], [`is/${index}`]),
          node("Cast", [`is/${index}`], [`one/${index}`], { to: 1 }),
        ]),
        node("Concat", ["one/0", "one/1"], ["probabilities"], { axis: 1 }),
      ],
      inputs: [valueInfo("text", ["batch", 1], "string")],
      outputs: [valueInfo("probabilities", ["batch", 2])],
      opset: 19,
    }),
  );
}

test("a model of hashed n-grams takes a text", async () => {
  const bytes = ngramModel();
  expect(await read(bytes, "Rotors of a Drone!")).toMatchObject({ predictedClass: "drone" });
  expect(await read(bytes, "feathers")).toMatchObject({ predictedClass: "bird" });
});

test("a model of strings takes the text as it is", async () => {
  expect(await read(stringModel(), "feather")).toMatchObject({
    predictedClass: "bird",
    confidence: 1,
  });
});

test("a category of the configuration answers where its keyword occurs, without new weights", async () => {
  const config = { categories: { balloon: ["balloon*"] } };
  const bytes = ngramModel();
  expect(await read(bytes, "Balloons with feathers", config)).toEqual({
    kind: "classification",
    predictedClass: "balloon",
    confidence: 1,
    probabilities: { balloon: 1 },
  });
  expect(await read(bytes, "feathers", config)).toMatchObject({ predictedClass: "bird" });
});

test("an empty text, and one that is too long, are refused", async () => {
  for (const text of ["", " \n", "a".repeat(100_001)]) {
    await expect(read(ngramModel(), text)).rejects.toMatchObject({ code: "E_INPUT" });
  }
});

test("a model that takes neither strings nor a row of numbers is no text model", async () => {
  const inputs = [{ name: "x", type: "FP32", shape: [-1, 3, 8, 8] }] as const;
  const metadata = { task: "text-classification" } as const;
  await expect(
    openPipeline({ inputs, outputs: [], metadata, modelMetadata: {}, config: {} }),
  ).rejects.toMatchObject({ code: "E_MODEL" });
});
