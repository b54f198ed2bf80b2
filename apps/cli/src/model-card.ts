import type { Facts, JsonObject, JsonValue } from "@plimsoll/manifest";
import type { StoredRelease } from "@plimsoll/weights";
import { factsText } from "./facts-text.ts";
import { oneLine } from "./text/one-line.ts";
import { bytesText, count } from "./text/quantity.ts";
import { table } from "./text/table.ts";
import type { TrustLevel } from "./trust-level.ts";

/** Classes are listed by name up to here. */
const maxClasses = 12;

const isObject = (value: JsonValue | undefined): value is JsonObject =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/** A metadata value as a person reads it, on one line. */
export function valueText(value: JsonValue): string {
  if (Array.isArray(value)) {
    const names = (value as readonly JsonValue[]).slice(0, maxClasses).map(valueText);
    const more = value.length > maxClasses ? `, … (${value.length})` : "";
    return names.join(", ") + more;
  }
  if (isObject(value)) {
    return Object.entries(value)
      .map(([key, child]) => `${oneLine(key, 60)} ${valueText(child)}`)
      .join(", ");
  }
  return oneLine(String(value), 200);
}

/** A version as a short text: what it is, where it came from, what it weighs, and the way to use it. */
export function modelCard(
  release: StoredRelease,
  storeUrl: string,
  trust?: TrustLevel,
  facts: ReadonlyMap<string, Facts> = new Map(),
): string[] {
  const { manifest, digest } = release.manifest;
  const entries = [...manifest.weights];
  const bytes = entries.reduce(
    (sum, [, { size, size_mb }]) => sum + (size ?? (size_mb ?? 0) * 1024 * 1024),
    0,
  );
  const about: string[][] = [
    ["store", oneLine(storeUrl)],
    ["files", `${count(entries.length, "file")}, ${bytesText(bytes)}`],
  ];
  if (release.pointer)
    about.push(["channel", `${release.pointer.channel} (move ${release.pointer.sequence})`]);
  if (manifest.created_at) about.push(["created", oneLine(manifest.created_at)]);
  if (manifest.description) about.push(["about", oneLine(manifest.description, 400)]);
  about.push(["manifest", release.pinned ? `sha256 ${digest}` : "none: nothing pins these bytes"]);
  if (trust) about.push(["trust", `level ${trust.level}: ${oneLine(trust.says)}`]);

  const lines = [`${release.model} ${release.version}`, ...table(about).map((line) => `  ${line}`)];
  if (manifest.metadata) {
    const rows = Object.entries(manifest.metadata).map(([key, value]) => [
      oneLine(key, 60),
      valueText(value),
    ]);
    lines.push("", "Metadata", ...table(rows).map((line) => `  ${line}`));
  }
  const rows = entries.map(([name, entry]) => [
    oneLine(name),
    entry.size === undefined ? `~${entry.size_mb ?? "?"} MB` : bytesText(entry.size),
    entry.format ?? "",
    entry.required ? "" : "optional",
    entry.checksum ?? "no checksum",
  ]);
  lines.push("", "Files", ...table(rows, ["left", "right"]).map((line) => `  ${line}`));
  for (const [name, said] of facts) {
    const told = factsText(said);
    if (told.length > 0) lines.push("", oneLine(name), ...table(told).map((line) => `  ${line}`));
  }
  return lines;
}
