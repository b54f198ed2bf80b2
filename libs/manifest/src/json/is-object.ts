import type { JsonObject, JsonValue } from "./json.ts";

/** True for a JSON object: no array, no null. */
export const isObject = (value: JsonValue | undefined): value is JsonObject =>
  typeof value === "object" && value !== null && !Array.isArray(value);
