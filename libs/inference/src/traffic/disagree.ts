import { compareOutputs } from "../golden/compare-outputs.ts";
import type { ModelOutput } from "../prediction.ts";

/** Numbers of two good versions differ more than those of one version run twice. */
const tolerance = { absolute: 0.01, relative: 0.01, pixels: 8 };

/**
 * Whether two versions tell a client different things: another class, other objects, or tensors that differ by more than
 * a hundredth.
 */
export function disagree(a: ModelOutput, b: ModelOutput): boolean {
  if (a.kind === "classification" && b.kind === "classification") {
    return a.predictedClass !== b.predictedClass;
  }
  if (a.kind === "detections" && b.kind === "detections") {
    const names = (output: typeof a): string =>
      output.detections
        .map((each) => each.class)
        .sort()
        .join("\n");
    return names(a) !== names(b);
  }
  return compareOutputs(a, b, tolerance) !== undefined;
}
