import { ByteCursor } from "../../bytes/byte-cursor.ts";
import { Malformed } from "../../bytes/malformed.ts";
import type { RandomAccess } from "../../bytes/random-access.ts";

/** The header of a NumPy array (numpy.lib.format, versions 1.0 to 3.0). */
export interface NpyHeader {
  /** As NumPy writes it: `<f4`, `|u1`; a structured type as its whole text. */
  readonly descr: string;
  readonly shape: readonly number[];
  readonly elements: number;
  /** True where elements are Python objects, or may be: the data are then a pickle. */
  readonly hasObjects: boolean;
  /** Offset of the data. */
  readonly dataAt: number;
}

const magicBytes = 6;
const maxHeaderBytes = 1 << 20;
/** `{'descr': '<f4', 'fortran_order': False, 'shape': (3, 4), }`, as every writer of NumPy arrays spells it. */
const grammar =
  /^\{\s*'descr':\s*('[^'\\]{0,64}'|\[[^\\]{0,65536}\])\s*,\s*'fortran_order':\s*(?:True|False)\s*,\s*'shape':\s*\(([\d,\sL]{0,1024})\)\s*,?\s*\}\s*$/;
/** The types that hold plain data: numbers, texts, raw bytes, dates. All else is a Python object, or may be one. */
const plainType = /^[<>|=]?(?:([biufcSUV?])(\d{0,9})|[mM](8)(?:\[[^\]]{1,20}\])?)$/;
/** A field of a structured type: `('name', '<f4')`, perhaps with a shape. */
const structuredField =
  /^\('[^'\\]{0,200}',\s*'([^'\\]{0,64})'(?:,\s*\([\d,\s]{0,64}\))?\)(?:,\s*|$)/;

/** Reads the header of an `.npy` file. Throws `Malformed` for what it does not understand, and for data of another length. */
export async function readNpy(file: RandomAccess): Promise<NpyHeader> {
  const cursor = new ByteCursor(file, "npy");
  cursor.skip(magicBytes);
  const major = await cursor.u8();
  cursor.skip(1);
  if (major < 1 || major > 3) throw new Malformed(`npy: version ${major} of the format`);
  const length = major === 1 ? await cursor.u16() : await cursor.u32();
  const text = Buffer.from(await cursor.bytes(length, maxHeaderBytes)).toString("latin1");
  const [, descr = "", dims = ""] = grammar.exec(text) ?? [];
  if (descr === "") throw new Malformed("npy: its header cannot be read");
  const shape = dims
    .split(",")
    .map((axis) => axis.replace("L", "").trim())
    .filter((axis) => axis !== "")
    .map(Number);
  const elements = shape.reduce((product, axis) => product * axis, 1);
  if (!Number.isSafeInteger(elements)) throw new Malformed("npy: a shape that cannot be");
  const types = typesOf(descr);
  const hasObjects = types.some((type) => !plainType.test(type));
  const bytes = descr.startsWith("'") ? elementBytes(types[0] ?? "") : undefined;
  if (bytes !== undefined && elements * bytes !== file.size - cursor.at) {
    throw new Malformed("npy: another number of bytes than its shape and type say");
  }
  return { descr: descr.replaceAll("'", ""), shape, elements, hasObjects, dataAt: cursor.at };
}

/** The type, or those of the fields of a structured one. */
function typesOf(descr: string): readonly string[] {
  if (descr.startsWith("'")) return [descr.slice(1, -1)];
  const types: string[] = [];
  let rest = descr.slice(1, -1).trim();
  while (rest !== "") {
    const field = structuredField.exec(rest);
    // Types inside types, titles: what cannot be read is taken for the worst.
    if (field === null) return ["O"];
    types.push(field[1] ?? "");
    rest = rest.slice(field[0].length);
  }
  return types;
}

/** Bytes of one element, if its type says; a text has four bytes a character. */
function elementBytes(type: string): number | undefined {
  const [, code = "", size = "", date = ""] = plainType.exec(type) ?? [];
  const digits = size === "" ? date : size;
  if (digits === "") return undefined;
  return code === "U" ? Number(digits) * 4 : Number(digits);
}
