import type { JsonObject, JsonValue, Manifest, ParsedManifest } from "@plimsoll/manifest";
import type { StoredRelease, UpdateShare } from "@plimsoll/weights";
import { valueText } from "../model-card.ts";
import { oneLine } from "../text/one-line.ts";
import { bytesText, count } from "../text/quantity.ts";
import { shareText } from "../text/share.ts";
import type { TrustLevel } from "../trust-level.ts";

/** Rows of one table; GitHub takes 65,536 characters in all. */
const maxRows = 60;

/** An update of a manifest that is pinned somewhere. */
export interface Update {
  /** What is pinned now; undefined where nothing is. */
  readonly before: ParsedManifest | undefined;
  readonly after: StoredRelease;
  readonly store: string;
  readonly trust: TrustLevel;
  /** What it will cost to fetch, where that could be told. */
  readonly share?: UpdateShare | undefined;
}

/** `weights: yolov8m v1.0.0 → v1.1.0`. */
export function updateTitle({ before, after }: Pick<Update, "before" | "after">): string {
  const from = before?.manifest.release;
  return `weights: ${after.model} ${from === undefined ? "" : `${oneLine(from, 60)} → `}${after.version}`;
}

/**
 * What changes, in Markdown, for a person who is to agree: versions, what it costs, sizes, digests, metrics and other
 * metadata. Texts of the store stand in code, so that they are neither links nor names of people.
 */
export function updateText({ before, after, store, trust, share }: Update): string[] {
  const old = before?.manifest;
  const { manifest, digest } = after.manifest;
  const channel = after.pointer && `${after.pointer.channel} (move ${after.pointer.sequence})`;
  const lines = [
    ...table(
      ["", "before", "after"],
      [
        ["version", old?.release, after.version],
        ["created", old?.created_at, manifest.created_at],
        ["manifest (SHA-256)", before?.digest, digest],
        ["channel", undefined, channel],
        ["store", undefined, store],
        ["trust", undefined, `level ${trust.level}: ${trust.says}`],
      ].filter(([, from, to]) => from !== undefined || to !== undefined),
    ),
  ];
  if (share !== undefined) lines.push("", `${shareText(share)}.`);
  lines.push("", "### Files", "", ...files(old, manifest));
  const measured = metrics(old, manifest);
  if (measured.length > 0) lines.push("", "### Metrics", "", ...measured);
  const about = metadata(old, manifest);
  if (about.length > 0) lines.push("", "### Other metadata", "", ...about);
  return lines;
}

function files(old: Manifest | undefined, next: Manifest): string[] {
  const names = [...new Set([...(old?.weights.keys() ?? []), ...next.weights.keys()])];
  const rows = names.map((name) => {
    const [from, to] = [old?.weights.get(name), next.weights.get(name)];
    const isSame = from !== undefined && from.checksum === to?.checksum;
    const what = from === undefined ? "new" : to === undefined ? "gone" : "changed";
    const [was, is] = [from?.size, to?.size];
    const growth = was === undefined || is === undefined || isSame ? "" : signedBytes(is - was);
    return [
      name,
      from && sizeText(from),
      to && sizeText(to),
      isSame ? "the same" : [what, growth].filter(Boolean).join(", "),
      from?.checksum,
      isSame ? "the same" : to?.checksum,
    ];
  });
  return table(["file", "size before", "size after", "", "SHA-256 before", "SHA-256 after"], rows);
}

function metrics(old: Manifest | undefined, next: Manifest): string[] {
  const [was, is] = [numbers(old?.metadata?.["metrics"]), numbers(next.metadata?.["metrics"])];
  const names = [...new Set([...was.keys(), ...is.keys()])];
  const rows = names.map((name) => {
    const [from, to] = [was.get(name), is.get(name)];
    const change = from === undefined || to === undefined ? undefined : signed(to - from);
    return [name, from === undefined ? undefined : String(from), to?.toString(), change];
  });
  return rows.length === 0 ? [] : table(["metric", "before", "after", "change"], rows);
}

/** The metrics that are numbers; a manifest of another hand may have others. */
function numbers(value: JsonValue | undefined): ReadonlyMap<string, number> {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return new Map();
  return new Map(
    Object.entries(value as JsonObject).filter(
      (entry): entry is [string, number] => typeof entry[1] === "number",
    ),
  );
}

function metadata(old: Manifest | undefined, next: Manifest): string[] {
  const keys = new Set([...Object.keys(old?.metadata ?? {}), ...Object.keys(next.metadata ?? {})]);
  const rows: (string | undefined)[][] = [];
  for (const key of keys) {
    if (key === "metrics" || key === "golden") continue;
    const [from, to] = [old?.metadata?.[key], next.metadata?.[key]];
    if (JSON.stringify(from) === JSON.stringify(to)) continue;
    rows.push([key, shown(from), shown(to)]);
  }
  return rows.length === 0 ? [] : table(["", "before", "after"], rows);
}

const shown = (value: JsonValue | undefined): string | undefined =>
  value === undefined ? undefined : valueText(value);

const sizeText = ({ size, size_mb }: { readonly size?: number; readonly size_mb?: number }) =>
  size === undefined ? `~${size_mb ?? "?"} MB` : bytesText(size);

const signedBytes = (bytes: number): string =>
  `${bytes < 0 ? "−" : "+"}${bytesText(Math.abs(bytes))}`;

/** Rounded so that 0.93 - 0.91 is 0.02. */
function signed(change: number): string {
  const rounded = Number(change.toPrecision(6));
  return rounded === 0 ? "±0" : `${rounded < 0 ? "−" : "+"}${Math.abs(rounded)}`;
}

/** A table whose cells, other than its heads, are code: nothing in them is understood as Markdown. */
function table(
  heads: readonly string[],
  rows: readonly (readonly (string | undefined)[])[],
): string[] {
  const line = (cells: readonly string[]): string => `| ${cells.join(" | ")} |`;
  const more = rows.length - maxRows;
  return [
    line(heads),
    line(heads.map(() => "---")),
    ...rows.slice(0, maxRows).map((cells) => line(cells.map(code))),
    ...(more > 0 ? ["", `… and ${count(more, "row")} more.`] : []),
  ];
}

function code(text: string | undefined): string {
  if (text === undefined || text === "") return "";
  return `\`${oneLine(text, 200).replaceAll("`", "'").replaceAll("|", "\\|")}\``;
}
