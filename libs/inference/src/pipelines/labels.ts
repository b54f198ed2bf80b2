import type { ModelMetadata } from "@plimsoll/manifest";
import type { ModelConfig } from "../model-config.ts";

/** Where names of classes come from. */
export interface LabelSources {
  readonly metadata?: ModelMetadata;
  /** `metadata_props` of the ONNX file. */
  readonly modelMetadata: Readonly<Record<string, string>>;
}

/** Names of classes in the order of a model's outputs, without what `config.json` says. */
export function modelLabels({ metadata, modelMetadata }: LabelSources): readonly string[] {
  if (metadata?.classes !== undefined) return metadata.classes;
  for (const key of ["labels", "names", "classes", "class_names"]) {
    const found = parseLabels(modelMetadata[key]);
    if (found !== undefined) return found;
  }
  return [];
}

/** The name of one class: the configuration's, then the model's, then its number. */
export function labelOf(index: number, config: ModelConfig, labels: readonly string[]): string {
  return config.labels?.[index] ?? labels[index] ?? String(index);
}

/**
 * Reads labels of an ONNX file: a JSON array, a JSON object or Ultralytics' Python dictionary `{0: 'bird', 1: 'drone'}`.
 */
export function parseLabels(text: string | undefined): readonly string[] | undefined {
  if (text === undefined) return undefined;
  try {
    const value: unknown = JSON.parse(text);
    if (Array.isArray(value)) return value.map(String);
    if (typeof value === "object" && value !== null) {
      return byNumber(Object.entries(value).map(([key, name]) => [Number(key), String(name)]));
    }
  } catch {
    // Not JSON: a Python literal, as below.
  }
  const entry = /(\d+)\s*:\s*(?:'((?:[^'\\]|\\.)*)'|"((?:[^"\\]|\\.)*)")/g;
  const entries = [...text.matchAll(entry)].map(
    ([, key, single, double]): readonly [number, string] => [
      Number(key),
      (single ?? double ?? "").replaceAll(/\\(.)/g, "$1"),
    ],
  );
  return entries.length === 0 ? undefined : byNumber(entries);
}

/** At most this many labels are read from a file. */
const MAX_LABELS = 100_000;

function byNumber(entries: readonly (readonly [number, string])[]): readonly string[] {
  const labels: string[] = [];
  for (const [index, name] of entries) {
    if (Number.isSafeInteger(index) && index >= 0 && index < MAX_LABELS) labels[index] = name;
  }
  return Array.from(labels, (name: string | undefined, index) => name ?? String(index));
}
