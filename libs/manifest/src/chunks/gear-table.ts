import { createHash } from "node:crypto";

/** One 32-bit word a byte value: the first four bytes, little endian, of the SHA-256 of `plimsoll gear <value>`. */
export const gearTable: Int32Array = Int32Array.from({ length: 256 }, (_, value) =>
  createHash("sha256").update(`plimsoll gear ${value}`).digest().readInt32LE(0),
);
