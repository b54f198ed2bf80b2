import type { ModelSettings } from "@plimsoll/api";

/** The settings of a model as a person edits them: text fields, empty where nothing is set. */
export interface SettingsText {
  readonly confidence: string;
  readonly iou: string;
  /** `class = 0.4`, one a line. */
  readonly thresholds: string;
  /** One a line, in the order of the model's outputs. */
  readonly labels: string;
  /** `category: word, other words`, one a line. */
  readonly categories: string;
}

/** Writes settings as text. */
export function settingsText(settings: ModelSettings): SettingsText {
  return {
    confidence: settings.confidence_threshold?.toString() ?? "",
    iou: settings.iou_threshold?.toString() ?? "",
    thresholds: Object.entries(settings.class_thresholds ?? {})
      .map(([name, value]) => `${name} = ${value}`)
      .join("\n"),
    labels: (settings.labels ?? []).join("\n"),
    categories: Object.entries(settings.categories ?? {})
      .map(([name, words]) => `${name}: ${words.join(", ")}`)
      .join("\n"),
  };
}

/** Reads the text over `old`, whose other settings stay. Gives a sentence where the text cannot be read. */
export function readSettings(old: ModelSettings, text: SettingsText): ModelSettings | string {
  const next: { -readonly [K in keyof ModelSettings]: ModelSettings[K] } = { ...old };
  for (const key of [
    "confidence_threshold",
    "iou_threshold",
    "class_thresholds",
    "labels",
    "categories",
  ] as const) {
    delete next[key];
  }
  for (const [key, value, name] of [
    ["confidence_threshold", text.confidence, "Confidence"],
    ["iou_threshold", text.iou, "Overlap"],
  ] as const) {
    if (value.trim() === "") continue;
    const number = share(value);
    if (number === undefined) return `${name} must be a number from 0 to 1`;
    next[key] = number;
  }
  const thresholds: Record<string, number> = {};
  for (const line of lines(text.thresholds)) {
    const at = line.lastIndexOf("=");
    const number = at < 1 ? undefined : share(line.slice(at + 1));
    if (number === undefined) return `“${line}”: write class = 0.4`;
    thresholds[line.slice(0, at).trim()] = number;
  }
  if (Object.keys(thresholds).length > 0) next.class_thresholds = thresholds;
  const labels = lines(text.labels);
  if (labels.length > 0) next.labels = labels;
  const categories: Record<string, string[]> = {};
  for (const line of lines(text.categories)) {
    const at = line.indexOf(":");
    if (at < 1) return `“${line}”: write category: word, other words`;
    categories[line.slice(0, at).trim()] = line
      .slice(at + 1)
      .split(",")
      .map((word) => word.trim())
      .filter(Boolean);
  }
  if (Object.keys(categories).length > 0) next.categories = categories;
  return next;
}

/** What differs, one sentence a setting. */
export function settingsChanges(old: ModelSettings, next: ModelSettings): string[] {
  const show = (value: unknown): string => {
    if (value === undefined) return "not set";
    if (Array.isArray(value)) return `${value.length} entries`;
    return typeof value === "object" ? JSON.stringify(value).slice(0, 200) : String(value);
  };
  const names = new Set([...Object.keys(old), ...Object.keys(next)]) as Set<keyof ModelSettings>;
  return [...names].flatMap((name) => {
    if (JSON.stringify(old[name]) === JSON.stringify(next[name])) return [];
    return [`${name}: from ${show(old[name])} to ${show(next[name])}.`];
  });
}

const lines = (text: string): string[] =>
  text
    .split("\n")
    .map((line) => line.trim())
    .filter(Boolean);

function share(text: string): number | undefined {
  const value = text.trim() === "" ? Number.NaN : Number(text);
  return value >= 0 && value <= 1 ? value : undefined;
}
