import protobuf from "protobufjs/light.js";
import { fieldNumbers } from "./field-numbers.ts";

const typeOf = /^(\w+)(\[(?:packed)?\])?$/;

/** A protobufjs field from `[number, type]`; text must be UTF-8, so that it is never changed by a read and a write. */
function field(id: number, type: string): protobuf.IField {
  const [, element = type, many] = typeOf.exec(type) ?? [];
  return {
    id,
    type: element,
    ...(many === undefined ? {} : { rule: "repeated" }),
    options: {
      ...(many === "[packed]" ? { packed: true } : {}),
      features: { utf8_validation: "VERIFY" },
    },
  };
}

function load(): protobuf.Namespace {
  const nested: Record<string, protobuf.IType> = {};
  for (const [message, fields] of Object.entries(fieldNumbers)) {
    nested[message] = {
      // onnx.proto is proto2: a field that was written with its default value stays written.
      edition: "proto2",
      fields: Object.fromEntries(
        Object.entries(fields).map(([name, [id, type]]) => [name, field(id, type)]),
      ),
    };
  }
  return protobuf.Root.fromJSON({ nested }).resolveAll();
}

/** The reflected type of a whole model. */
export const modelType = load().lookupType("Model");
