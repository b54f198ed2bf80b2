import { isDigest } from "../bytes/digest.ts";
import { ManifestError, type ManifestErrorCode } from "../error.ts";
import { isObject } from "../json/is-object.ts";
import type { JsonObject, JsonValue } from "../json/json.ts";
import { printable } from "../text/printable.ts";
import { urlFault } from "./check-url.ts";

/** A place in a manifest, for messages: `weights["a.pt"].size` of `weights/manifest.json`. */
export interface Place {
  readonly source: string;
  readonly path: string;
}

/** The place of a member or an item. */
export function inside(place: Place, key: string | number): Place {
  const step =
    typeof key === "number"
      ? `[${key}]`
      : /^[A-Za-z_][A-Za-z0-9_]*$/.test(key)
        ? `${place.path === "" ? "" : "."}${key}`
        : `["${printable(key)}"]`;
  return { source: place.source, path: place.path + step };
}

/** What is wrong at a place, as an error to throw. */
export function fault(
  place: Place,
  why: string,
  code: ManifestErrorCode = "E_MANIFEST_SCHEMA",
): ManifestError {
  const where = place.path === "" ? "" : ` ${place.path}:`;
  return new ManifestError(code, `${printable(place.source)}:${where} ${why}`);
}

/** What a value is, for "expected …, got …"; long texts cut. */
export function kindOf(value: JsonValue): string {
  if (value === null) return "null";
  if (Array.isArray(value)) return "an array";
  if (typeof value === "string") return `the text "${printable(value, 80)}"`;
  if (typeof value === "object") return "an object";
  return Object.is(value, -0) ? "-0" : String(value);
}

export function objectAt(value: JsonValue, place: Place): JsonObject {
  if (!isObject(value)) throw fault(place, `an object expected, got ${kindOf(value)}`);
  return value;
}

export function arrayAt(value: JsonValue, place: Place, maxItems: number): readonly JsonValue[] {
  if (!Array.isArray(value)) throw fault(place, `an array expected, got ${kindOf(value)}`);
  if (value.length > maxItems) {
    throw fault(place, `${value.length} items, more than ${maxItems}`, "E_LIMIT");
  }
  return value;
}

export function textAt(value: JsonValue, place: Place, maxLength: number): string {
  if (typeof value !== "string") throw fault(place, `a text expected, got ${kindOf(value)}`);
  if (value.length > maxLength) {
    throw fault(place, `${value.length} characters, more than ${maxLength}`, "E_LIMIT");
  }
  return value;
}

/** Bytes: a whole number from 0, exact in a double (row M11); over `max` is `E_LIMIT`. */
export function bytesAt(value: JsonValue | undefined, place: Place, max: number): number {
  if (
    typeof value !== "number" ||
    !Number.isSafeInteger(value) ||
    value < 0 ||
    Object.is(value, -0)
  ) {
    throw fault(place, `bytes, a whole number from 0, expected, got ${kindOf(value ?? null)}`);
  }
  if (value > max) throw fault(place, `${value} bytes, more than the cap of ${max}`, "E_LIMIT");
  return value;
}

export function digestAt(value: JsonValue | undefined, place: Place): string {
  if (!isDigest(value)) {
    throw fault(
      place,
      `a SHA-256 of 64 lower-case hex digits expected, got ${kindOf(value ?? null)}: compute it with sha256sum`,
    );
  }
  return value;
}

export function urlAt(value: JsonValue | undefined, place: Place): string {
  if (typeof value !== "string") {
    throw fault(place, `a URL expected, got ${kindOf(value ?? null)}`);
  }
  const why = urlFault(value);
  if (why !== undefined) throw fault(place, `not a URL for weights: ${why}`);
  return value;
}
