import type { JsonValue } from "../json/json.ts";
import { fault, kindOf, type Place } from "./field.ts";

/** What this client writes, and the newest format that it knows all fields of. */
export const writtenVersion = "2.0";

/**
 * Major version of the format, from the value of `version` (row M20): absent is 1.0, any minor of 1 and 2 is read, another
 * major is refused. Throws `E_MANIFEST_SCHEMA`.
 */
export function majorVersion(value: JsonValue | undefined, place: Place): 1 | 2 {
  if (value === undefined) return 1;
  const match = typeof value === "string" ? /^([0-9]{1,9})\.[0-9]{1,9}$/.exec(value) : null;
  if (match === null) {
    throw fault(place, `a text like "${writtenVersion}" expected, got ${kindOf(value)}`);
  }
  const major = Number(match[1]);
  if (major === 1 || major === 2) return major;
  throw fault(
    place,
    `format ${match[0]} is not read here: upgrade plimsoll to a version that reads ${major}.x`,
  );
}
