import {
  type AttributeValue,
  float32Tensor,
  int64Tensor,
  node,
  type Node,
  type Tensor,
} from "@plimsoll/inference";

/** Writes a graph one operation at a time and names what each gives. */
export interface Tape {
  readonly nodes: readonly Node[];
  readonly initializers: readonly Tensor[];
  /** Adds an operation and gives the name of its output. */
  op(
    type: string,
    inputs: readonly string[],
    attributes?: Readonly<Record<string, AttributeValue>>,
  ): string;
  /** The same for an operation with several outputs. */
  ops(
    type: string,
    inputs: readonly string[],
    outputs: number,
    attributes?: Readonly<Record<string, AttributeValue>>,
  ): readonly string[];
  /** A constant list of whole numbers: a shape, axes, a permutation. */
  ints(values: readonly number[]): string;
  /** A constant float32 scalar. */
  scalar(value: number): string;
  /** Constant float32 values under a name of their own. */
  floats(name: string, dims: readonly number[], values: Float32Array): string;
  /** Gives an existing value another name. */
  rename(value: string, name: string): void;
}

/** An empty tape. `prefix` goes before every name that it makes up. */
export function openTape(prefix = ""): Tape {
  const nodes: Node[] = [];
  const initializers: Tensor[] = [];
  const constants = new Map<string, string>();
  let count = 0;
  const fresh = (kind: string): string => `${prefix}${kind}${(count += 1)}`;
  const ops: Tape["ops"] = (type, inputs, outputs, attributes = {}) => {
    const names = Array.from({ length: outputs }, () => fresh(type.toLowerCase()));
    nodes.push(node(type, [...inputs], names, attributes));
    return names;
  };
  const constant = (key: string, make: (name: string) => Tensor): string => {
    const known = constants.get(key);
    if (known !== undefined) return known;
    const name = fresh("constant");
    initializers.push(make(name));
    constants.set(key, name);
    return name;
  };
  return {
    nodes,
    initializers,
    ops,
    op: (type, inputs, attributes) => ops(type, inputs, 1, attributes)[0] as string,
    ints: (values) =>
      constant(`i${values.join(",")}`, (name) => int64Tensor(name, [values.length], values)),
    scalar: (value) => constant(`f${value}`, (name) => float32Tensor(name, [], [value])),
    floats(name, dims, values) {
      initializers.push(float32Tensor(name, dims, values));
      return name;
    },
    rename: (value, name) => void nodes.push(node("Identity", [value], [name])),
  };
}
