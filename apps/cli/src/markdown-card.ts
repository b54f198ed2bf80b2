import type { Facts } from "@plimsoll/manifest";
import type { StoredRelease } from "@plimsoll/weights";
import { factsText } from "./facts-text.ts";
import { valueText } from "./model-card.ts";
import { oneLine } from "./text/one-line.ts";
import { bytesText } from "./text/quantity.ts";
import type { TrustLevel } from "./trust-level.ts";

/** A cell of a table: what Markdown or HTML would take for its own is written out. */
const cell = (text: string): string => oneLine(text, 400).replace(/[\\`*[\]<>|]/g, "\\$&");

const rows = (heads: readonly string[], lines: readonly (readonly string[])[]): string[] => [
  `| ${heads.join(" | ")} |`,
  `|${" --- |".repeat(heads.length)}`,
  ...lines.map((line) => `| ${line.map(cell).join(" | ")} |`),
];

/** A version as a model card in Markdown: what a repository or a release page shows. */
export function markdownCard(
  release: StoredRelease,
  storeUrl: string,
  trust: TrustLevel,
  facts: ReadonlyMap<string, Facts>,
): string[] {
  const { manifest, digest } = release.manifest;
  const { metadata, description } = manifest;
  const lines = [`# ${release.model} ${release.version}`, ""];
  if (description) lines.push(cell(description), "");
  const about = [
    ["store", storeUrl],
    ...(manifest.created_at ? [["created", manifest.created_at]] : []),
    ["manifest", release.pinned ? `sha256 ${digest}` : "none: nothing pins these bytes"],
    ["trust", `level ${trust.level}: ${trust.says}`],
  ];
  lines.push(...rows(["", ""], about));
  if (metadata) {
    const { metrics, ...others } = metadata;
    const values = Object.entries(others).map(([key, value]) => [key, valueText(value)]);
    if (values.length > 0) lines.push("", "## Model", "", ...rows(["", ""], values));
    if (typeof metrics === "object" && metrics !== null && !Array.isArray(metrics)) {
      const measured = Object.entries(metrics).map(([key, value]) => [key, valueText(value)]);
      lines.push("", "## Metrics", "", ...rows(["metric", "value"], measured));
    }
  }
  const files = [...manifest.weights].map(([name, entry]) => [
    name,
    entry.size === undefined ? `~${entry.size_mb ?? "?"} MB` : bytesText(entry.size),
    entry.format ?? "",
    entry.checksum ?? "none",
  ]);
  lines.push("", "## Files", "", ...rows(["file", "size", "format", "sha256"], files));
  for (const [name, said] of facts) {
    const told = factsText(said);
    if (told.length > 0) lines.push("", `## ${cell(name)}`, "", ...rows(["", ""], told));
  }
  const use = `plimsoll sync --store '${storeUrl}' --model ${release.model} --release ${release.version}`;
  lines.push("", "## Use", "", "```sh", use, "```");
  return lines;
}
