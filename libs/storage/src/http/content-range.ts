import type { ByteRange } from "../range.ts";

/** A `Content-Range` header of a 206. */
export interface ContentRange extends ByteRange {
  /** Bytes of the whole object, `undefined` for `*`. */
  readonly total: number | undefined;
}

/** Reads `bytes 0-9/100` (RFC 9110, 14.4) as start 0, end 10, total 100; `undefined` for anything that contradicts itself. */
export function parseContentRange(header: string | undefined): ContentRange | undefined {
  const match = /^bytes (\d{1,15})-(\d{1,15})\/(\d{1,15}|\*)$/i.exec(header?.trim() ?? "");
  if (match === null) return undefined;
  const [start, end] = [Number(match[1]), Number(match[2]) + 1];
  const total = match[3] === "*" ? undefined : Number(match[3]);
  if (end <= start || (total !== undefined && end > total)) return undefined;
  return { start, end, total };
}

/** Reads the `Content-Range` of a 416, which has a star for the range, as the object's size. */
export function parseUnsatisfiedRange(header: string | undefined): number | undefined {
  const match = /^bytes \*\/(\d{1,15})$/i.exec(header?.trim() ?? "");
  return match === null ? undefined : Number(match[1]);
}
