import { expect, test } from "@jest/globals";
import type { ModelMetadata } from "@plimsoll/manifest";
import type { TensorInfo, TensorType } from "../tensor.ts";
import { pipelineTask } from "./pipeline-task.ts";

function task(
  shape: readonly number[],
  output: readonly number[],
  more: { metadata?: ModelMetadata; file?: string; type?: TensorType } = {},
): string {
  const { metadata, file, type = "FP32" } = more;
  const input: TensorInfo = { name: "x", type, shape };
  return pipelineTask(
    {
      inputs: [input],
      outputs: [{ name: "y", type: "FP32", shape: output }],
      modelMetadata: file === undefined ? {} : { task: file },
      config: {},
      ...(metadata === undefined ? {} : { metadata }),
    },
    input,
  );
}

test("the metadata's task wins over the file's, and this over the shapes", () => {
  const metadata = { task: "tensor" } as const;
  expect(task([1, 3, 640, 640], [1, 84, 8400], { metadata, file: "detect" })).toBe("tensor");
  expect(task([1, 3, 640, 640], [1, 84], { file: "detect" })).toBe("object-detection");
  expect(task([1, 3, 640, 640], [1, 84, 8400], { file: "unheard of" })).toBe("object-detection");
});

test("shapes tell pictures, sounds, texts and tensors apart", () => {
  expect(task([-1, 3, -1, -1], [-1, 6, -1])).toBe("object-detection");
  expect(task([1, 224, 224, 3], [1, 10])).toBe("image-classification");
  expect(task([-1, 1, 28, 28], [1, 10])).toBe("image-classification");
  expect(task([-1], [-1, 521])).toBe("audio-classification");
  expect(task([1, 15_600], [1, 10])).toBe("audio-classification");
  expect(task([-1, 96, 64], [-1, 521])).toBe("audio-classification");
  expect(task([1, 1, 96, 64], [1, 521])).toBe("audio-classification");
  expect(task([1, 64, 96, 1], [1, 521])).toBe("audio-classification");
  expect(task([-1, 1], [-1, 2], { type: "BYTES" })).toBe("text-classification");
  expect(task([-1, 4], [-1, 3])).toBe("tensor");
  expect(task([-1, 96, 65], [-1, 3])).toBe("tensor");
});
