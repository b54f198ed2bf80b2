import { StorageError } from "./error.ts";

/** Bytes from `start` to before `end`. */
export interface ByteRange {
  readonly start: number;
  readonly end: number;
}

/** Throws `E_RANGE` unless both ends are whole numbers in order. To be asked before a request is made. */
export function checkRange(start: number | undefined, end: number | undefined, what: string): void {
  const from = start ?? 0;
  if (!Number.isSafeInteger(from) || from < 0) {
    throw new StorageError("E_RANGE", `${what}: a range cannot start at ${from}`);
  }
  if (end !== undefined && (!Number.isSafeInteger(end) || end < from)) {
    throw new StorageError("E_RANGE", `${what}: a range cannot run from ${from} to ${end}`);
  }
}

/**
 * The bytes that a read means in an object of `size` bytes: without `start` and `end` the whole, which may be empty.
 * A range with both ends equal is empty and allowed up to the object's end; without an `end` it has to hold a byte.
 * Throws `E_RANGE` for what lies beyond the end, so that no caller takes a short answer for a whole one.
 */
export function resolveRange(
  size: number,
  start: number | undefined,
  end: number | undefined,
  what: string,
): ByteRange {
  checkRange(start, end, what);
  const from = start ?? 0;
  const to = end ?? size;
  const isEmptyTail = end === undefined && from > 0 && from >= size;
  if (to > size || from > to || isEmptyTail) {
    throw new StorageError(
      "E_RANGE",
      `${what}: bytes ${from} to ${end ?? "the end"} asked for, it has ${size}`,
    );
  }
  return { start: from, end: to };
}
