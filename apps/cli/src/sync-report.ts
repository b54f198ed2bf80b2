import type { SyncEvent, SyncResult } from "@plimsoll/weights";
import type { Io } from "./io.ts";
import type { Output } from "./output.ts";
import { SlowHint } from "./progress/slow-hint.ts";
import { oneLine } from "./text/one-line.ts";
import { bytesText, count, durationText } from "./text/quantity.ts";

type FileEvent = Extract<SyncEvent, { type: "file" }>;

/** How an outcome is told; in the order of the summary. */
const outcomeWords: Readonly<Record<FileEvent["outcome"], string>> = {
  fetched: "fetched",
  cached: "from the cache",
  verified: "verified",
  unchanged: "unchanged",
  skipped: "skipped",
  failed: "failed",
};

/** `3 files, 51.2 MB: 1 fetched (16.5 MB in 1.2 s), 2 unchanged`. */
export function syncSummary(result: SyncResult): string {
  const { files, receivedBytes, localBytes, elapsedMs } = result;
  const bytes = files.reduce((sum, { size }) => sum + (size ?? 0), 0);
  const counts = new Map<FileEvent["outcome"], number>();
  for (const { outcome } of files) counts.set(outcome, (counts.get(outcome) ?? 0) + 1);
  const parts: string[] = [];
  for (const [outcome, word] of Object.entries(outcomeWords)) {
    const number = counts.get(outcome as FileEvent["outcome"]);
    if (number === undefined) continue;
    const kept = localBytes > 0 ? `, ${bytesText(localBytes)} from local files` : "";
    const cost =
      outcome === "fetched"
        ? ` (${bytesText(receivedBytes)} in ${durationText(elapsedMs)}${kept})`
        : "";
    parts.push(`${number} ${word}${cost}`);
  }
  return `${count(files.length, "file")}, ${bytesText(bytes)}: ${parts.join(", ")}`;
}

function fileLine(event: FileEvent, elapsedMs: number | undefined): string | undefined {
  const size = event.size === undefined ? "" : ` ${bytesText(event.size)}`;
  if (event.outcome === "fetched") {
    const time = elapsedMs === undefined ? "" : ` in ${durationText(elapsedMs)}`;
    return `${event.name}: fetched${size}${time}`;
  }
  if (event.outcome === "cached") return `${event.name}: from the cache${size}`;
  return undefined;
}

/** Why a transfer took another turn; the file is named before it already. */
function reason(event: { readonly name: string; readonly reason: string }): string {
  const start = `${event.name}: `;
  return oneLine(event.reason.startsWith(start) ? event.reason.slice(start.length) : event.reason);
}

/** Tells a sync as it goes: bars, a line for each finished file, retries, and one hint if it is slow. */
export function reportSync(io: Io, output: Output): (event: SyncEvent) => void {
  /** Of each file on its way: when it began, and its bytes that are here. */
  const files = new Map<string, { readonly startedAt: number; bytes: number }>();
  const slow = new SlowHint();
  /** Bytes that came in this run, of all files, and those that were to come. */
  let arrivedBytes = 0;
  let missingBytes: number | undefined;

  const advance = (name: string, bytes: number, size: number | undefined): void => {
    const file = files.get(name) ?? { startedAt: io.now(), bytes: 0 };
    files.set(name, file);
    arrivedBytes += bytes - file.bytes;
    file.bytes = bytes;
    output.progress(name, bytes, size);
    const hint = slow.check(io.now(), arrivedBytes, missingBytes);
    if (hint !== undefined) output.warn(hint);
  };

  return (event) => {
    if (event.type !== "progress" || (output.isJson && output.isProgressDue(event.name))) {
      if (event.type !== "warning") output.event({ ...event });
    }
    switch (event.type) {
      case "plan":
        missingBytes = event.missingBytes;
        if (event.missingFiles > 0) output.expect(event.missingFiles, event.missingBytes);
        break;
      case "start":
        advance(event.name, 0, event.size);
        break;
      case "progress":
        advance(event.name, event.bytes, event.size);
        break;
      case "resume": {
        // What an earlier attempt left did not come over the network now.
        const file = files.get(event.name);
        if (file) file.bytes = event.bytes;
        if (missingBytes !== undefined) missingBytes -= event.bytes;
        output.log("info", `${event.name}: goes on at ${bytesText(event.bytes)}`);
        break;
      }
      case "local": {
        const file = files.get(event.name);
        if (file) file.bytes = Math.max(file.bytes, event.bytes);
        if (missingBytes !== undefined) missingBytes -= event.bytes;
        output.log("info", `${event.name}: ${bytesText(event.bytes)} taken from local files`);
        break;
      }
      // The sync tells it as a warning.
      case "quarantine":
        break;
      case "retry":
        output.log(
          "info",
          `${event.name}: ${reason(event)}: try ${event.attempt + 1} in ${durationText(event.waitMs)}`,
        );
        break;
      case "restart":
        output.log("info", `${event.name}: from the beginning: ${reason(event)}`);
        break;
      case "source":
        output.log("info", `${event.name}: ${sourceLine(event.url, reason(event))}`);
        break;
      case "warning":
        output.warn(oneLine(event.message));
        break;
      case "file": {
        const began = files.get(event.name)?.startedAt;
        files.delete(event.name);
        output.settle(event.name, fileLine(event, began === undefined ? began : io.now() - began));
        break;
      }
      case "done":
        break;
    }
  };
}

/** A private bucket refuses its web address each time: that is no news, and its signed one needs no explanation. */
function sourceLine(url: string, why: string): string {
  const isSigned = !/^https?:/i.test(url);
  if (isSigned && /\b40[13]\b/.test(why))
    return `private, read from ${oneLine(url.replace(/\?.*$/s, ""))}`;
  return `now from ${oneLine(url)}: ${why}`;
}
