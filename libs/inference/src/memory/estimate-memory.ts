import type { ModelFile, ModelFiles } from "../model-files.ts";
import { mainFiles } from "../main-file.ts";

/** Bytes of a child with the runtime and the smallest model, measured. */
export const childBytes = 67_108_864;

/** What a version will take, from the sizes of its files. */
export interface MemoryEstimate {
  /** Bytes while it serves. */
  readonly steadyBytes: number;
  /** Bytes at most while it loads. */
  readonly peakBytes: number;
}

const noWeights = /\.(json|txt|md|onnx)$/i;

/**
 * Weights inside the `.onnx` file are held twice for a moment while it is parsed; those in files beside it are mapped,
 * and copied once at most. Measured with onnxruntime-node 1.30.
 */
export function estimateMemory(files: ModelFiles): MemoryEstimate {
  const mains = mainFiles(files);
  const sizeOf = (of: readonly ModelFile[]): number => of.reduce((sum, { size }) => sum + size, 0);
  const inline = sizeOf(mains);
  const external = sizeOf(
    files.files.filter((file) => !mains.includes(file) && !noWeights.test(file.name)),
  );
  const steadyBytes = childBytes + inline + external;
  return { steadyBytes, peakBytes: steadyBytes + inline };
}
