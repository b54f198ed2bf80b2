import {
  arrayAt,
  bytesAt,
  digestAt,
  fault,
  inside,
  kindOf,
  objectAt,
  textAt,
  type Place,
} from "../document/field.ts";
import type { JsonObject, JsonValue } from "../json/json.ts";
import { tasks, type ModelInput, type ModelMetadata } from "./metadata.ts";
import { isUtcTime } from "../text/utc-time.ts";

const MAX_CLASSES = 100_000;
const MAX_NUMBERS = 1000;
const MAX_PIXELS = 100_000;
const MAX_TEXT = 1000;

type Check = (value: JsonValue, place: Place) => unknown;
/** The fields that are spelled out in an interface, without the index signature that lets others stand beside them. */
type Spelled<T> = { [Key in keyof T as string extends Key ? never : Key]-?: Check };

const text: Check = (value, place) => textAt(value, place, MAX_TEXT);
const pixels: Check = (value, place) => bytesAt(value, place, MAX_PIXELS);
const positive: Check = (value, place) => checkNumber(value, place, Number.MIN_VALUE);
const numbers: Check = (value, place) => {
  for (const [index, item] of arrayAt(value, place, MAX_NUMBERS).entries()) {
    checkNumber(item, inside(place, index));
  }
};
const oneOf =
  (words: readonly string[]): Check =>
  (value, place) => {
    if (typeof value === "string" && words.includes(value)) return;
    throw fault(place, `one of ${words.join(", ")} expected, got ${kindOf(value)}`);
  };

const INPUT: Spelled<ModelInput> = {
  width: pixels,
  height: pixels,
  layout: oneOf(["NCHW", "NHWC"]),
  range: (value, place) => {
    numbers(value, place);
    if (arrayAt(value, place, MAX_NUMBERS).length !== 2) throw fault(place, "two numbers expected");
  },
  mean: numbers,
  std: numbers,
  resize: oneOf(["stretch", "letterbox", "crop"]),
  sample_rate: positive,
  duration: positive,
  kind: oneOf(["waveform", "mel"]),
};

const METADATA: Spelled<ModelMetadata> = {
  version: text,
  uploaded_at: (value, place) => {
    if (!isUtcTime(value)) throw fault(place, `ISO 8601 in UTC expected, got ${kindOf(value)}`);
  },
  accuracy: (value, place) => checkNumber(value, place, 0, 1),
  file_size_mb: (value, place) => checkNumber(value, place, 0),
  sha256: digestAt,
  task: oneOf(tasks),
  classes: (value, place) => {
    for (const [index, item] of arrayAt(value, place, MAX_CLASSES).entries()) {
      text(item, inside(place, index));
    }
  },
  input: (value, place) => checkFields(objectAt(value, place), INPUT, place),
  metrics: (value, place) => {
    for (const [key, item] of Object.entries(objectAt(value, place))) {
      checkNumber(item, inside(place, key));
    }
  },
  dataset: objectAt,
  golden: objectAt,
  model_name: text,
  training_date: text,
};

/** Throws `E_MANIFEST_SCHEMA` or `E_LIMIT` unless every known field of the metadata has its type; others are free. */
export function checkMetadata(object: JsonObject, place: Place): asserts object is ModelMetadata {
  checkFields(object, METADATA, place);
}

function checkFields(
  object: JsonObject,
  checks: Readonly<Record<string, Check>>,
  place: Place,
): void {
  for (const [key, check] of Object.entries(checks)) {
    const value = object[key];
    if (value !== undefined) check(value, inside(place, key));
  }
}

function checkNumber(value: JsonValue, place: Place, min = -Infinity, max = Infinity): void {
  if (typeof value === "number" && value >= min && value <= max) return;
  const range =
    max < Infinity ? ` from ${min} to ${max}` : min === 0 ? " from 0" : min > 0 ? " above 0" : "";
  throw fault(place, `a number${range} expected, got ${kindOf(value)}`);
}
