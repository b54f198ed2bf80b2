import { type JsonObject, type JsonValue, printable } from "@plimsoll/manifest";
import { nearest } from "../text/nearest.ts";

/** The part of JSON Schema 2020-12 that `configSchema` is written in. */
export interface Shape {
  readonly type?: "object" | "array" | "string" | "integer" | "boolean";
  readonly properties?: Readonly<Record<string, Shape>>;
  readonly additionalProperties?: false | Shape;
  readonly propertyNames?: { readonly pattern: string };
  readonly required?: readonly string[];
  readonly items?: Shape;
  readonly minItems?: number;
  readonly minLength?: number;
  readonly pattern?: string;
  readonly minimum?: number;
  readonly maximum?: number;
}

const isObject = (value: JsonValue): value is JsonObject =>
  typeof value === "object" && value !== null && !Array.isArray(value);

function typeOf(value: JsonValue): string {
  if (value === null) return "null";
  if (Array.isArray(value)) return "array";
  return Number.isInteger(value) ? "integer" : typeof value;
}

const article = (type: string): string => (/^[aeiou]/.test(type) ? `an ${type}` : `a ${type}`);

function checkObject(value: JsonObject, shape: Shape, path: string): string | undefined {
  const known = Object.keys(shape.properties ?? {});
  for (const [key, child] of Object.entries(value)) {
    const childPath = path ? `${path}.${printable(key, 80)}` : printable(key, 80);
    const property = known.includes(key) ? shape.properties?.[key] : undefined;
    if (property === undefined && shape.additionalProperties === false) {
      const guess = nearest(key, known);
      const hint = guess ? `did you mean "${guess}"?` : `known are ${known.join(", ")}`;
      return `${childPath}: unknown key; ${hint}`;
    }
    if (shape.propertyNames && !new RegExp(shape.propertyNames.pattern).test(key)) {
      return `${childPath}: a name here must match ${shape.propertyNames.pattern}`;
    }
    const next = property ?? shape.additionalProperties;
    const wrong = next ? checkShape(child, next, childPath) : undefined;
    if (wrong !== undefined) return wrong;
  }
  const missing = shape.required?.find((key) => !Object.hasOwn(value, key));
  return missing === undefined ? undefined : `${path}: "${missing}" is missing`;
}

function checkText(value: string, shape: Shape, path: string): string | undefined {
  if (value.length < (shape.minLength ?? 0)) return `${path}: must not be empty`;
  if (shape.pattern !== undefined && !new RegExp(shape.pattern).test(value)) {
    return `${path}: "${printable(value, 80)}" does not match ${shape.pattern}`;
  }
  return undefined;
}

/** The first thing wrong with a value, as `publish.to: must be an array, is a string`; undefined where nothing is. */
export function checkShape(value: JsonValue, shape: Shape, path = ""): string | undefined {
  const type = typeOf(value);
  if (shape.type !== undefined && type !== shape.type) {
    return `${path || "the document"}: must be ${article(shape.type)}, is ${type === "null" ? type : article(type)}`;
  }
  if (isObject(value)) return checkObject(value, shape, path);
  if (Array.isArray(value)) {
    if (value.length < (shape.minItems ?? 0)) return `${path}: must not be empty`;
    const { items } = shape;
    if (items === undefined) return undefined;
    for (const [index, item] of (value as readonly JsonValue[]).entries()) {
      const wrong = checkShape(item, items, `${path}[${index}]`);
      if (wrong !== undefined) return wrong;
    }
    return undefined;
  }
  if (typeof value === "string") return checkText(value, shape, path);
  if (typeof value === "number") {
    const { minimum = -Infinity, maximum = Infinity } = shape;
    if (value < minimum || value > maximum) return `${path}: must be ${minimum} to ${maximum}`;
  }
  return undefined;
}
