import { encodeModel, float32Tensor, model, node, valueInfo } from "@plimsoll/inference";
import type { JsonObject } from "@plimsoll/manifest";

/** A model that is small and certain: y = x · factor, with golden inputs. */
export function rehearsalModel(
  factor: number,
  golden: number = factor,
): { readonly bytes: Uint8Array; readonly metadata: JsonObject } {
  const graph = model({
    name: "rehearsal",
    nodes: [node("Mul", ["x", "factor"], ["y"])],
    initializers: [float32Tensor("factor", [1], [factor])],
    inputs: [valueInfo("x", ["batch", 4])],
    outputs: [valueInfo("y", ["batch", 4])],
  });
  const x = [1, 2, 3, 4];
  const tensor = (name: string, data: readonly number[]): JsonObject => ({
    name,
    type: "FP32",
    shape: [1, 4],
    data: [...data],
  });
  const case_ = {
    input: { kind: "tensors", tensors: [tensor("x", x)] },
    output: {
      kind: "tensors",
      tensors: [
        tensor(
          "y",
          x.map((value) => value * golden),
        ),
      ],
    },
  };
  return {
    bytes: encodeModel(graph),
    metadata: { task: "tensor", metrics: { factor }, golden: { format: 1, cases: [case_] } },
  };
}
