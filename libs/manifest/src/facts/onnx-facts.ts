import type { OnnxOutline } from "../format/onnx/onnx-outline.ts";
import type { Facts } from "./facts.ts";
import { tensorFacts } from "./tensor-count.ts";

/** Facts of an ONNX model. Its parameters are the initializers of the main graph. */
export function onnxFacts(outline: OnnxOutline): Partial<Facts> {
  const held = new Set(outline.initializers.map(({ name }) => name));
  const external = outline.externals.map((tensor) => tensor.external?.location ?? "");
  return {
    ...tensorFacts(outline.initializers),
    metadata: Object.fromEntries(outline.metadata),
    onnx: {
      irVersion: outline.irVersion,
      opsets: Object.fromEntries(outline.opsets),
      producer: `${outline.producer} ${outline.producerVersion}`.trim(),
      // Before IR version 4 every initializer was an input as well.
      inputs: outline.inputs.filter(({ name }) => !held.has(name)),
      outputs: outline.outputs,
      nodes: [...outline.operators.values()].reduce((sum, count) => sum + count, 0),
      externalData: [...new Set(external)].sort(),
    },
  };
}
