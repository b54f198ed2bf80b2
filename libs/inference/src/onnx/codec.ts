import type protobuf from "protobufjs/light.js";
import { InferenceError } from "../error.ts";
import type { Int64, Message, Model } from "./message.ts";
import { onnxSchema } from "./schema.ts";

type Fields = Record<string, unknown>;

/** What protobufjs writes for a 64-bit integer: two signed halves. */
interface Halves {
  readonly low: number;
  readonly high: number;
  readonly unsigned?: boolean;
}

const longTypes: ReadonlySet<string> = new Set(["int64", "uint64"]);

function toHalves(value: Int64): number | Halves {
  if (typeof value === "number") return value;
  return { low: Number(BigInt.asIntN(32, value)), high: Number(BigInt.asIntN(32, value >> 32n)) };
}

function fromHalves({ low, high, unsigned }: Halves): Int64 {
  const bits = (BigInt(high >>> 0) << 32n) | BigInt(low >>> 0);
  const value = unsigned === true ? bits : BigInt.asIntN(64, bits);
  const number = Number(value);
  return Number.isSafeInteger(number) ? number : value;
}

/** Copies the fields that are set, with `one` for each value that is a message or a 64-bit integer. */
function copyFields(type: protobuf.Type, from: Fields, one: Convert): Fields {
  const copy: Fields = {};
  const { Type } = onnxSchema().library;
  for (const { name, repeated, type: typeName, resolvedType } of type.fieldsArray) {
    const value = Object.hasOwn(from, name) ? from[name] : undefined;
    if (value === undefined || (Array.isArray(value) && value.length === 0)) continue;
    const nested = resolvedType instanceof Type ? resolvedType : undefined;
    const convert = nested !== undefined || longTypes.has(typeName);
    if (!convert) copy[name] = value;
    else if (repeated) copy[name] = (value as unknown[]).map((each) => one(each, nested));
    else copy[name] = one(value, nested);
  }
  return copy;
}

type Convert = (value: unknown, type: protobuf.Type | undefined) => unknown;

const toWire: Convert = (value, type) => {
  if (type === undefined) return toHalves(value as Int64);
  const wire = copyFields(type, value as Fields, toWire);
  const { unknownFields } = value as Message;
  return unknownFields === undefined ? wire : { ...wire, $unknowns: unknownFields };
};

const fromWire: Convert = (value, type) => {
  if (type === undefined) return fromHalves(value as Halves);
  const plain = copyFields(type, value as Fields, fromWire);
  const { $unknowns } = value as { $unknowns?: readonly Uint8Array[] };
  return $unknowns === undefined ? plain : { ...plain, unknownFields: $unknowns };
};

/**
 * The bytes of an `.onnx` file. The same model gives the same bytes: fields by number, unknown ones last, in the
 * order in which they were read.
 */
export function encodeModel(model: Model): Uint8Array {
  const { model: type } = onnxSchema();
  const bytes = type.encode(toWire(model, type) as Fields).finish();
  return new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

/**
 * Reads the bytes of an `.onnx` file. Byte fields are views of `bytes`, not copies. What this room has no name for is
 * kept as `unknownFields` of its message, so that a model of another producer is written again without a loss.
 *
 * Two models laid end to end read as one, merged (the protobuf rule).
 *
 * @throws InferenceError `E_MODEL` when the bytes are no ONNX model.
 */
export function decodeModel(
  bytes: Uint8Array,
  options: { readonly source?: string } = {},
): Model & { readonly graph: NonNullable<Model["graph"]> } {
  const source = options.source ?? "model";
  let model: Model;
  try {
    const { library, model: type } = onnxSchema();
    const reader = library.Reader.create(bytes);
    reader.discardUnknown = false;
    model = fromWire(type.decode(reader), type) as Model;
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new InferenceError(
      "E_MODEL",
      `${source}: not an ONNX model (${reason}): export it again`,
      {
        cause,
      },
    );
  }
  const { graph, irVersion } = model;
  if (graph === undefined || irVersion === undefined) {
    throw new InferenceError(
      "E_MODEL",
      `${source}: not an ONNX model (it has no ${graph === undefined ? "graph" : "IR version"}): export it again`,
    );
  }
  return { ...model, graph };
}
