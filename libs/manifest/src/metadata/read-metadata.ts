import { checkMetadata } from "./check-metadata.ts";
import { fault, kindOf, type Place } from "../document/field.ts";
import { isObject } from "../json/is-object.ts";
import type { JsonObject, JsonValue } from "../json/json.ts";
import type { ModelMetadata } from "./metadata.ts";

/**
 * Reads what describes a model: a `metadata.json` of docs/protocol/manifest.md, the `model_metadata.json` that an audio
 * training writes (`model_name`, `training_date`, `test_accuracy`, `sample_rate`, `class_names`), or a flat
 * `class_names.json`, an array of texts. Gives the known fields under their own names, and every other field as it was.
 * `test_accuracy` above 1 is taken as per cent; a sample rate makes the task `audio-classification` where none is named.
 *
 * `source` is the file's name for messages. Throws `E_MANIFEST_SCHEMA` for a field of another type, `E_LIMIT` for one that
 * is too long.
 */
export function readMetadata(json: JsonValue, source = "metadata.json"): ModelMetadata {
  const place: Place = { source, path: "" };
  const object = Array.isArray(json) ? { classes: json } : json;
  if (!isObject(object)) {
    throw fault(place, `an object or an array of class names expected, got ${kindOf(json)}`);
  }
  const metadata = rename(object);
  checkMetadata(metadata, place);
  return metadata;
}

/** The names that an audio training uses, beside the names that they mean; a field under its own name wins. */
function rename(object: JsonObject): JsonObject {
  const { test_accuracy, sample_rate, class_names, input } = object;
  const own: Record<string, JsonValue> = Object.create(null);
  if (typeof test_accuracy === "number") {
    own["accuracy"] = test_accuracy > 1 ? test_accuracy / 100 : test_accuracy;
  }
  if (class_names !== undefined) own["classes"] = class_names;
  if (sample_rate !== undefined) {
    own["task"] = "audio-classification";
    own["input"] = { sample_rate };
  }
  if (sample_rate !== undefined && isObject(input)) {
    return merge(own, object, { input: merge({ sample_rate }, input) });
  }
  return merge(own, object);
}

/** Later fields win. Without a prototype, as everything that was parsed (row M10). */
function merge(...objects: readonly JsonObject[]): JsonObject {
  const merged: Record<string, JsonValue> = Object.create(null);
  for (const object of objects) {
    for (const [key, value] of Object.entries(object)) merged[key] = value;
  }
  return merged;
}
