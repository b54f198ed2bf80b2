import { halfToNumber, numberToHalf, type TensorType } from "@plimsoll/inference";
import { elementBytes } from "./datatype.ts";

type Numeric = Exclude<TensorType, "BYTES">;

const ranges: Partial<Readonly<Record<TensorType, readonly [number, number]>>> = {
  UINT8: [0, 255],
  UINT16: [0, 65_535],
  UINT32: [0, 4_294_967_295],
  UINT64: [0, Number.MAX_SAFE_INTEGER],
  INT8: [-128, 127],
  INT16: [-32_768, 32_767],
  INT32: [-2_147_483_648, 2_147_483_647],
  INT64: [Number.MIN_SAFE_INTEGER, Number.MAX_SAFE_INTEGER],
};

const write: Readonly<Record<Numeric, (view: DataView, at: number, value: number) => void>> = {
  BOOL: (view, at, value) => view.setUint8(at, value),
  UINT8: (view, at, value) => view.setUint8(at, value),
  UINT16: (view, at, value) => view.setUint16(at, value, true),
  UINT32: (view, at, value) => view.setUint32(at, value, true),
  UINT64: (view, at, value) => view.setBigUint64(at, BigInt(value), true),
  INT8: (view, at, value) => view.setInt8(at, value),
  INT16: (view, at, value) => view.setInt16(at, value, true),
  INT32: (view, at, value) => view.setInt32(at, value, true),
  INT64: (view, at, value) => view.setBigInt64(at, BigInt(value), true),
  FP16: (view, at, value) => view.setUint16(at, numberToHalf(value), true),
  FP32: (view, at, value) => view.setFloat32(at, value, true),
  FP64: (view, at, value) => view.setFloat64(at, value, true),
};

const read: Readonly<Record<Numeric, (view: DataView, at: number) => number | bigint | boolean>> = {
  BOOL: (view, at) => view.getUint8(at) !== 0,
  UINT8: (view, at) => view.getUint8(at),
  UINT16: (view, at) => view.getUint16(at, true),
  UINT32: (view, at) => view.getUint32(at, true),
  UINT64: (view, at) => view.getBigUint64(at, true),
  INT8: (view, at) => view.getInt8(at),
  INT16: (view, at) => view.getInt16(at, true),
  INT32: (view, at) => view.getInt32(at, true),
  INT64: (view, at) => view.getBigInt64(at, true),
  FP16: (view, at) => halfToNumber(view.getUint16(at, true)),
  FP32: (view, at) => view.getFloat32(at, true),
  FP64: (view, at) => view.getFloat64(at, true),
};

const viewOf = (bytes: Uint8Array): DataView =>
  new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);

/** The number that a JSON element stands for; undefined where the type cannot hold it. */
function numberOf(type: Numeric, value: unknown): number | undefined {
  if (type === "BOOL") {
    if (value === true || value === 1) return 1;
    return value === false || value === 0 ? 0 : undefined;
  }
  if (typeof value !== "number" || !Number.isFinite(value)) return undefined;
  const range = ranges[type];
  if (range !== undefined) {
    return Number.isInteger(value) && value >= range[0] && value <= range[1] ? value : undefined;
  }
  // 1e39 is a number in JSON and infinite in FP32.
  if (type === "FP32") return Number.isFinite(Math.fround(value)) ? value : undefined;
  if (type === "FP16")
    return Number.isFinite(halfToNumber(numberToHalf(value))) ? value : undefined;
  return value;
}

/** Little-endian bytes of JSON elements, or the index of the first that the type cannot hold. */
export function packElements(type: Numeric, values: readonly unknown[]): Uint8Array | number {
  const size = elementBytes[type];
  const bytes = new Uint8Array(values.length * size);
  const view = viewOf(bytes);
  const put = write[type];
  for (let index = 0; index < values.length; index += 1) {
    const value = numberOf(type, values[index]);
    if (value === undefined) return index;
    put(view, index * size, value);
  }
  return bytes;
}

/**
 * JSON text of the elements, `[1,2.5]`; undefined where one is not finite, for which JSON has no word. 64-bit integers
 * keep all their digits.
 */
export function elementsText(type: Numeric, bytes: Uint8Array): string | undefined {
  const view = viewOf(bytes);
  const size = elementBytes[type];
  const get = read[type];
  const texts: string[] = [];
  for (let at = 0; at + size <= bytes.length; at += size) {
    const value = get(view, at);
    if (typeof value === "number" && !Number.isFinite(value)) return undefined;
    texts.push(String(value));
  }
  return `[${texts.join(",")}]`;
}

/** Whether every element is a finite number. Integers always are. */
export function isFinite(type: TensorType, bytes: Uint8Array): boolean {
  if (!type.startsWith("FP")) return true;
  const view = viewOf(bytes);
  const size = elementBytes[type];
  for (let at = 0; at + size <= bytes.length; at += size) {
    // All exponent bits set: infinite or not a number.
    const mask = type === "FP16" ? 0x7c : type === "FP32" ? 0x7f80 : 0x7ff0;
    const top = size === 2 ? view.getUint8(at + 1) : view.getUint16(at + size - 2, true);
    if ((top & mask) === mask) return false;
  }
  return true;
}
