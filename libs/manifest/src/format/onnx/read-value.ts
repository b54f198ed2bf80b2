import { elementType } from "./element-type.ts";
import type { WireField, WireReader } from "./wire.ts";

/** An input or an output of a graph. */
export interface OnnxValue {
  readonly name: string;
  /** `float32` …; for what is no tensor its kind: `sequence`, `map`, `optional`, `sparse`. */
  readonly dtype: string;
  /** One entry an axis: its length, the name of a symbolic one, or null; absent where the rank is open. */
  readonly shape?: readonly (number | string | null)[];
}

/** Fields of TypeProto other than `tensor_type`. */
const otherKinds: ReadonlyMap<number, string> = new Map([
  [4, "sequence"],
  [5, "map"],
  [8, "sparse"],
  [9, "optional"],
]);

/** Reads a ValueInfoProto. */
export async function readValue(reader: WireReader, span: WireField): Promise<OnnxValue> {
  let name = "";
  let dtype = "undefined";
  let shape: OnnxValue["shape"];
  for (const part of await reader.fields(span)) {
    if (part.number === 1) name = await reader.text(part, 4096);
    if (part.number !== 2) continue;
    for (const kind of await reader.fields(part)) {
      dtype = otherKinds.get(kind.number) ?? dtype;
      if (kind.number !== 1) continue;
      for (const detail of await reader.fields(kind)) {
        if (detail.number === 1) dtype = elementType(detail.value).name;
        if (detail.number === 2) shape = await readShape(reader, detail);
      }
    }
  }
  return { name, dtype, ...(shape !== undefined && { shape }) };
}

async function readShape(
  reader: WireReader,
  span: WireField,
): Promise<readonly (number | string | null)[]> {
  const axes: (number | string | null)[] = [];
  for (const axis of await reader.fields(span)) {
    if (axis.number !== 1) continue;
    let length: number | string | null = null;
    for (const part of await reader.fields(axis)) {
      if (part.number === 1) length = part.value;
      if (part.number === 2) length = await reader.text(part, 4096);
    }
    axes.push(length);
  }
  return axes;
}
