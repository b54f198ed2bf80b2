import type { ByteCursor } from "../../bytes/byte-cursor.ts";
import { Malformed } from "../../bytes/malformed.ts";

/** A value of GGUF metadata. Of an array only its length is kept: a tokenizer has hundreds of thousands of entries. */
export type GgufValue = string | number | boolean | { readonly length: number };

const maxTextBytes = 16 << 20;
/** Texts and arrays of one array: the largest tokenizers have a million. */
const caps = { texts: 16_000_000 };
const arrayType = 9;
const textType = 8;
/** Bytes of the numbers and booleans by their type. */
const widths: ReadonlyMap<number, number> = new Map([
  [0, 1],
  [1, 1],
  [2, 2],
  [3, 2],
  [4, 4],
  [5, 4],
  [6, 4],
  [7, 1],
  [10, 8],
  [11, 8],
  [12, 8],
]);

export async function readText(cursor: ByteCursor): Promise<string> {
  const length = await cursor.u64();
  return Buffer.from(await cursor.bytes(length, maxTextBytes)).toString("utf8");
}

/** Reads a value of a type, the cursor behind the type's number (gguf.md, `gguf_metadata_value_t`). */
export async function readValue(cursor: ByteCursor, type: number): Promise<GgufValue> {
  switch (type) {
    case 0:
      return cursor.u8();
    case 1:
      return ((await cursor.u8()) << 24) >> 24;
    case 2:
      return cursor.u16();
    case 3:
      return ((await cursor.u16()) << 16) >> 16;
    case 4:
      return cursor.u32();
    case 5:
      return (await cursor.u32()) | 0;
    case 6:
      return cursor.f32();
    case 7:
      return (await cursor.u8()) !== 0;
    case textType:
      return readText(cursor);
    case arrayType:
      return skipArray(cursor, 0);
    case 10:
      return cursor.u64();
    case 11:
      return cursor.i64();
    case 12:
      return cursor.f64();
    default:
      throw new Malformed(`gguf: a value of type ${type}`);
  }
}

async function skipArray(cursor: ByteCursor, depth: number): Promise<{ length: number }> {
  if (depth > 4) throw new Malformed("gguf: arrays nested too deep");
  const type = await cursor.u32();
  const length = await cursor.u64();
  const width = widths.get(type);
  if (width !== undefined) {
    cursor.skip(width * length);
    return { length };
  }
  for (let i = 0; i < length; i += 1) {
    if (i > caps.texts) throw new Malformed("gguf: an array too long to follow");
    if (type === textType) cursor.skip(await cursor.u64());
    else if (type === arrayType) await skipArray(cursor, depth + 1);
    else throw new Malformed(`gguf: a value of type ${type}`);
  }
  return { length };
}
