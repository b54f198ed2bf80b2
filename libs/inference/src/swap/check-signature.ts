import { printable } from "@plimsoll/manifest";
import { InferenceError } from "../error.ts";
import type { TensorInfo } from "../tensor.ts";

/** What the gate looks at of a version. */
export interface Signature {
  readonly version: string;
  readonly inputs: readonly TensorInfo[];
  readonly outputs: readonly TensorInfo[];
  /** Names of the classes, where the metadata has them. */
  readonly classes?: readonly string[];
}

const shown = ({ type, shape }: TensorInfo): string =>
  `${type} [${shape.map((size) => (size < 0 ? "?" : size)).join(", ")}]`;

type Fits = (old: number, candidate: number) => boolean;

/** An input must take all that the old one took, an output must be of a size that the old one could have. */
const inputFits: Fits = (old, candidate) => candidate < 0 || candidate === old;
const outputFits: Fits = (old, candidate) => old < 0 || candidate < 0 || candidate === old;

function difference(
  what: string,
  old: readonly TensorInfo[],
  candidate: readonly TensorInfo[],
  fits: Fits,
): string | undefined {
  for (const info of old) {
    const name = `${what} ${printable(info.name)}`;
    const other = candidate.find((each) => each.name === info.name);
    if (other === undefined) return `${name} is missing`;
    const same =
      other.type === info.type &&
      other.shape.length === info.shape.length &&
      info.shape.every((size, axis) => fits(size, other.shape[axis] ?? -1));
    if (!same) return `${name} is ${shown(other)} and was ${shown(info)}`;
  }
  return undefined;
}

/**
 * Whether clients of the serving version can talk to a candidate without noticing: the same inputs and outputs by name,
 * type and shape, no further input, as many classes. An open size may replace a fixed one.
 *
 * @throws InferenceError `E_SIGNATURE` with the first difference.
 */
export function checkSignature(serving: Signature, candidate: Signature): void {
  const extra = candidate.inputs.find(
    ({ name }) => !serving.inputs.some((each) => each.name === name),
  );
  const [before, after] = [serving.classes?.length, candidate.classes?.length];
  const why =
    difference("input", serving.inputs, candidate.inputs, inputFits) ??
    difference("output", serving.outputs, candidate.outputs, outputFits) ??
    (extra === undefined ? undefined : `input ${printable(extra.name)} is new`) ??
    (before !== undefined && after !== undefined && before !== after
      ? `${after} classes instead of ${before}`
      : undefined);
  if (why === undefined) return;
  throw new InferenceError(
    "E_SIGNATURE",
    `${printable(candidate.version)} cannot replace ${printable(serving.version)}: ${why}: swap with force if that is meant`,
  );
}
