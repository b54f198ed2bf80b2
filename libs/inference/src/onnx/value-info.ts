import type { ValueInfo } from "./message.ts";
import { type ElementType, elementType } from "./tensor.ts";

/**
 * Name and shape of a model's input or output. A string among `shape` names a size that is known only when the model
 * runs: `valueInfo("image", ["batch", 3, 224, 224])` is float32 `[batch, 3, 224, 224]`.
 */
export function valueInfo(
  name: string,
  shape: readonly (number | string)[],
  type: ElementType = "float32",
): ValueInfo {
  const dim = shape.map((size) =>
    typeof size === "string" ? { dimParam: size } : { dimValue: size },
  );
  return { name, type: { tensorType: { elemType: elementType[type], shape: { dim } } } };
}
