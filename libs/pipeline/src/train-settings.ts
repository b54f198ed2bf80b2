import { resolve } from "node:path";
import { isModelName, type JsonObject, type JsonValue, printable } from "@plimsoll/manifest";
import { PipelineError } from "./error.ts";
import type { ModelTraining } from "./training.ts";

/** One field of `train.models.<name>` and what it may be. */
type Field =
  | { readonly type: "text"; readonly pattern?: RegExp }
  | { readonly type: "texts" }
  | { readonly type: "switch" }
  | { readonly type: "number"; readonly from: number; readonly to: number; readonly whole?: true };

const share = { type: "number", from: 0, to: 1 } as const;
const count = (from: number, to: number): Extract<Field, { type: "number" }> => ({
  type: "number",
  from,
  to,
  whole: true,
});
const channel = { type: "text", pattern: /^[a-z0-9][a-z0-9._-]{0,99}$/ } as const;

/** The fields, also of the published schema of `plimsoll.config.json`. */
const fields = {
  classes: { type: "texts" },
  newClasses: { type: "switch" },
  approval: { type: "switch" },
  kind: { type: "text", pattern: /^(?:audio|image|text)$/ },
  schedule: { type: "text" },
  newSamples: count(1, 1_000_000_000),
  minSamples: count(0, 1_000_000_000),
  minNewSamples: count(0, 1_000_000_000),
  channel,
  promoteTo: channel,
  parentChannel: channel,
  require: { type: "texts" },
  notWorseThan: { type: "texts" },
  head: { type: "text", pattern: /^(?:softmax|mlp|convnet)$/ },
  backbone: { type: "text" },
  backboneInput: { type: "text" },
  backboneOutput: { type: "text" },
  copies: count(1, 100),
  epochs: count(1, 10_000),
  patience: count(1, 10_000),
  holdOut: { type: "number", from: 0, to: 0.9 },
  seed: count(0, 2 ** 31),
  minAccuracy: share,
  minMacroF1: share,
  maxMacroF1Drop: share,
  maxWorstRecallDrop: share,
} as const satisfies Record<string, Field>;

/**
 * How models are retrained, from `train` of `plimsoll.config.json`: `{ "models": { "<name>": { … } } }`, all fields of a
 * model flat. Paths of backbones are taken from `dir`. Throws `E_USAGE` that names the key which cannot be used.
 */
export function readTrainSettings(
  json: JsonValue,
  options: { readonly dir?: string } = {},
): Readonly<Record<string, ModelTraining>> {
  const top = asObject(json, "train");
  const wrong = Object.keys(top).find((key) => key !== "models");
  if (wrong !== undefined) refuse(`train.${wrong}`, "no such key, there is models");
  const models = asObject(top["models"] ?? {}, "train.models");
  const found: Record<string, ModelTraining> = {};
  for (const [name, value] of Object.entries(models)) {
    const key = `train.models.${printable(name, 80)}`;
    if (!isModelName(name)) refuse(key, "no model's name");
    found[name] = modelTraining(checked(asObject(value, key), key), options.dir);
  }
  return found;
}

type Given = { readonly [Name in keyof typeof fields]?: ValueOf<(typeof fields)[Name]["type"]> };
type ValueOf<Type> = Type extends "text"
  ? string
  : Type extends "texts"
    ? readonly string[]
    : Type extends "switch"
      ? boolean
      : number;

function checked(value: JsonObject, key: string): Given {
  for (const [name, given] of Object.entries(value)) {
    const at = `${key}.${printable(name, 80)}`;
    const field: Field | undefined = Object.hasOwn(fields, name)
      ? fields[name as keyof typeof fields]
      : undefined;
    if (field === undefined) {
      refuse(at, `no such key, there are ${Object.keys(fields).join(", ")}`);
    } else {
      const reason = whyNot(given, field);
      if (reason !== undefined) refuse(at, reason);
    }
  }
  const named = (["backboneInput", "backboneOutput"] as const).find((name) => name in value);
  if (named !== undefined && !("backbone" in value)) {
    refuse(`${key}.${named}`, "names a value of a backbone, and there is none");
  }
  return value as Given;
}

function whyNot(value: JsonValue, field: Field): string | undefined {
  if (field.type === "switch")
    return typeof value === "boolean" ? undefined : "neither true nor false";
  if (field.type === "texts") {
    const isList = Array.isArray(value) && value.every((each) => typeof each === "string");
    return isList ? undefined : "not a list of texts";
  }
  if (field.type === "text") {
    if (typeof value !== "string" || value === "") return "not a text";
    return field.pattern?.test(value) === false ? `must match ${field.pattern.source}` : undefined;
  }
  const { from, to, whole } = field;
  const isNumber = typeof value === "number" && value >= from && value <= to;
  if (isNumber && !(whole && !Number.isInteger(value))) return undefined;
  return `not a ${whole ? "whole " : ""}number from ${from} to ${to}`;
}

function modelTraining(given: Given, dir = ""): ModelTraining {
  const { classes, newClasses, approval, kind, schedule, newSamples, ...others } = given;
  const { backbone, backboneInput: input, backboneOutput: output, ...rest } = others;
  const { minAccuracy, minMacroF1, maxMacroF1Drop, maxWorstRecallDrop, head, ...run } = rest;
  const gate = present({ minAccuracy, minMacroF1, maxMacroF1Drop, maxWorstRecallDrop });
  return {
    ...present({ classes, newClasses, approval, schedule, newSamples }),
    ...(kind !== undefined && { kind: kind as "audio" | "image" | "text" }),
    run: {
      ...run,
      ...(head !== undefined && { head: head as "softmax" | "mlp" | "convnet" }),
      ...(backbone !== undefined && {
        backbone: {
          path: dir === "" ? backbone : resolve(dir, backbone),
          ...present({ input, output }),
        },
      }),
      ...(Object.keys(gate).length > 0 && { gate }),
    },
  };
}

/** The fields that are there. */
function present<Fields extends object>(
  given: Fields,
): { [Name in keyof Fields]?: Exclude<Fields[Name], undefined> } {
  const there = Object.entries(given).filter(([, value]) => value !== undefined);
  return Object.fromEntries(there) as { [Name in keyof Fields]?: Exclude<Fields[Name], undefined> };
}

function asObject(value: JsonValue, key: string): JsonObject {
  const isObject = typeof value === "object" && value !== null && !Array.isArray(value);
  return isObject ? (value as JsonObject) : refuse(key, "not an object");
}

function refuse(key: string, why: string): never {
  throw new PipelineError("E_USAGE", `${key}: ${why}`);
}
