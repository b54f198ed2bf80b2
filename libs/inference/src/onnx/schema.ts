import { createRequire } from "node:module";
import type protobuf from "protobufjs/light.js";
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

function load(): OnnxSchema {
  const library = createRequire(import.meta.url)("protobufjs/light.js") as typeof protobuf;
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
  const model = library.Root.fromJSON({ nested }).resolveAll().lookupType("Model");
  return { library, model };
}

/** protobufjs, and the reflected type of a whole model. */
export interface OnnxSchema {
  readonly library: typeof protobuf;
  readonly model: protobuf.Type;
}

let loaded: OnnxSchema | undefined;

/** Loaded by the first model that is read or written: a server that only starts processes never needs it. */
export const onnxSchema = (): OnnxSchema => (loaded ??= load());
