import type { PublishEvent, PublishResult } from "@plimsoll/weights";
import type { Output } from "./output.ts";
import { oneLine } from "./text/one-line.ts";
import { bandwidthText } from "./text/bandwidth.ts";
import { bytesText, count, durationText } from "./text/quantity.ts";
import { shareText } from "./text/share.ts";
import { table } from "./text/table.ts";

type PublishedStore = PublishResult["stores"][number];

/** Files are listed up to here. */
const maxListed = 20;

/** Tells a publish as it goes: bars for hashing and uploading, a line for each uploaded file. */
export function reportPublish(output: Output): (event: PublishEvent) => void {
  const uploading = new Set<string>();
  return (event) => {
    switch (event.type) {
      case "hash": {
        const label = `${event.name}: hashing`;
        if (output.isProgressDue(label)) output.event(event);
        output.progress(label, event.bytes, event.size);
        if (event.bytes >= event.size) output.settle(label, undefined);
        return;
      }
      case "upload": {
        const label = `${event.name} to ${event.store}`;
        uploading.add(label);
        if (output.isProgressDue(label)) output.event(event);
        output.progress(label, event.bytes, event.size);
        return;
      }
      case "readback": {
        const label = `${event.name} to ${event.store}`;
        output.settle(
          label,
          uploading.delete(label) ? `${label}: uploaded and read back` : undefined,
        );
        break;
      }
      case "warning":
        output.warn(oneLine(event.message));
        return;
      case "channel":
        output.log(
          "info",
          `${event.store}: channel ${event.channel} ${event.moved ? "now names this version" : "named it already"} (move ${event.sequence})`,
        );
        break;
      default:
        break;
    }
    output.event(event);
  };
}

function planLines(store: PublishedStore, bitsPerSecond: number): string[] {
  const { plan } = store;
  if (!plan) return [];
  const wait = plan.atLeastSeconds
    ? `, at least ${durationText(plan.atLeastSeconds * 1000)} by the host's rate limits`
    : "";
  const quota =
    plan.apiCallsPerHour === undefined
      ? ""
      : `, of ${count(plan.apiCallsPerHour, "request")} an hour that the host's quota allows`;
  return [
    `${store.url}: would upload ${plan.uploadFiles} of ${count(plan.files, "file")}, ${bytesText(plan.uploadBytes)} of ${bytesText(plan.bytes)}, in ${count(plan.parts, "part")}; ${count(plan.creates, "write request")}${wait}`,
    `  about ${count(plan.requests, "request")}${quota}; about ${durationText(plan.estimatedSeconds * 1000)} at ${bandwidthText(bitsPerSecond)}`,
    ...plan.hits.map(({ kind, message }) => `  ${hitWords[kind]}: ${oneLine(message)}`),
  ];
}

const hitWords: Readonly<
  Record<NonNullable<PublishedStore["plan"]>["hits"][number]["kind"], string>
> = { hard: "limit", split: "split", rate: "slowed down" };

const outcomes: Readonly<Record<PublishedStore["outcome"], string>> = {
  published: "published",
  "already-published": "already published, the same bytes",
  held: "uploaded, held back",
  planned: "planned",
  failed: "failed",
};

/** For a POSIX shell, quoted only where it must be. */
function shellWord(text: string): string {
  return /^[\w./:@%+,-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`;
}

function storeLine(store: PublishedStore): string {
  const { url, outcome, uploadedBytes, elapsedMs, apiCalls } = store;
  const cost =
    outcome === "published" ? `, ${bytesText(uploadedBytes)} in ${durationText(elapsedMs)}` : "";
  const calls = apiCalls === undefined ? "" : `, ${count(apiCalls, "API call")}`;
  return `${url}: ${outcomes[outcome]}${cost}${calls}`;
}

/**
 * The result for a person: files with sizes, stores with times, URLs, and the next commands. `manifestPath` as a person
 * would type it, where one was written.
 */
export function publishLines(
  result: PublishResult,
  {
    isDryRun,
    bitsPerSecond,
    manifestPath,
  }: {
    readonly isDryRun: boolean;
    /** Uplink of the plans. */
    readonly bitsPerSecond: number;
    readonly manifestPath: string | undefined;
  },
): string[] {
  const { release, model, files, stores, manifest } = result;
  const bytes = files.reduce((sum, { size }) => sum + size, 0);
  const rows = files.slice(0, maxListed).map(({ name, size, sha256 }) => {
    const entry = manifest.manifest.weights.get(name);
    return [`  ${oneLine(name)}`, bytesText(size), sha256.slice(0, 12), oneLine(entry?.url ?? "")];
  });
  const lines = [
    `${model ?? ""} ${release}: ${count(files.length, "file")}, ${bytesText(bytes)}`.trim(),
    ...table(rows, ["left", "right"]),
  ];
  if (files.length > maxListed) lines.push(`  and ${files.length - maxListed} more`);
  const { update } = result;
  if (update) lines.push(`Since ${update.from}: ${shareText(update)}`);
  for (const store of stores) {
    if (isDryRun) lines.push(...planLines(store, bitsPerSecond));
    else if (store.outcome !== "failed") lines.push(storeLine(store));
  }
  if (isDryRun) return [...lines, "Nothing was written. Run it without --dry-run to publish."];
  const held = stores.filter(({ outcome }) => outcome === "held");
  if (manifestPath !== undefined && held.length > 0) {
    const to = stores.map(({ url }) => ` --to ${shellWord(url)}`).join("");
    lines.push(
      `Nobody sees it yet. Keep ${manifestPath}; to make it visible:`,
      `  plimsoll publish --finish ${release}${to} --manifest ${shellWord(manifestPath)}`,
    );
  } else if (manifestPath !== undefined) {
    lines.push(
      `Pinned in ${manifestPath}. Next, here and where the weights are needed:`,
      `  git add ${manifestPath} && git commit -m "weights ${release}"`,
      `  plimsoll sync ${manifestPath}`,
    );
  }
  return lines;
}
