import { InferenceError } from "../error.ts";
import type { Attribute, Graph, Node, Tensor } from "./message.ts";

/**
 * An attribute as it is easiest to write: a whole number or a list of them is `int(s)`, a string is `string`, and
 * what JavaScript cannot tell from these is said: `{ float: 1 }`, `{ tensor }`, `{ graph }`.
 */
export type AttributeValue =
  | number
  | bigint
  | string
  | readonly number[]
  | { readonly float: number }
  | { readonly floats: readonly number[] }
  | { readonly strings: readonly string[] }
  | { readonly tensor: Tensor }
  | { readonly graph: Graph };

const text = new TextEncoder();

function attribute(name: string, value: AttributeValue): Attribute {
  const whole = (number: number): number => {
    if (Number.isSafeInteger(number)) return number;
    throw new InferenceError(
      "E_USAGE",
      `attribute ${name}: ${number} is no integer: say { float: ${number} } if it is meant as one`,
    );
  };
  if (typeof value === "number") return { name, i: whole(value), type: 2 };
  if (typeof value === "bigint") return { name, i: value, type: 2 };
  if (typeof value === "string") return { name, s: text.encode(value), type: 3 };
  if ("float" in value) return { name, f: value.float, type: 1 };
  if ("floats" in value) return { name, floats: value.floats, type: 6 };
  if ("strings" in value) {
    return { name, strings: value.strings.map((each) => text.encode(each)), type: 8 };
  }
  if ("tensor" in value) return { name, t: value.tensor, type: 4 };
  if ("graph" in value) return { name, g: value.graph, type: 5 };
  return { name, ints: value.map(whole), type: 7 };
}

/**
 * One operation, named after its first output. An empty string among the inputs is an optional input left out.
 *
 * @throws InferenceError `E_USAGE` for a fractional number that is not marked as a float.
 */
export function node(
  opType: string,
  input: readonly string[],
  output: readonly string[],
  attributes: Readonly<Record<string, AttributeValue>> = {},
  options: { readonly name?: string; readonly domain?: string } = {},
): Node {
  const name = options.name ?? output[0];
  return {
    input,
    output,
    ...(name === undefined ? {} : { name }),
    opType,
    attribute: Object.entries(attributes).map(([key, value]) => attribute(key, value)),
    ...(options.domain === undefined ? {} : { domain: options.domain }),
  };
}
