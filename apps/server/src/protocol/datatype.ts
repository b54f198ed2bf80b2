import type { TensorType } from "@plimsoll/inference";

/** Bytes of one element; 0 for `BYTES`, whose elements tell their own length. */
export const elementBytes: Readonly<Record<TensorType, number>> = {
  BOOL: 1,
  UINT8: 1,
  UINT16: 2,
  UINT32: 4,
  UINT64: 8,
  INT8: 1,
  INT16: 2,
  INT32: 4,
  INT64: 8,
  FP16: 2,
  FP32: 4,
  FP64: 8,
  BYTES: 0,
};

/** Whether a request names an element type of the protocol that is served here. */
export const isDatatype = (name: unknown): name is TensorType =>
  typeof name === "string" && Object.hasOwn(elementBytes, name);
