import { expect, test } from "@jest/globals";
import type { SyncEvent, SyncResult } from "@plimsoll/weights";
import { fakeIo } from "./fake-io.ts";
import { Output } from "./output.ts";
import { reportSync, syncSummary } from "./sync-report.ts";

const MIB = 1024 * 1024;

function report(events: readonly (SyncEvent & { readonly atMs?: number })[], json = false) {
  let now = 0;
  const io = fakeIo({ cwd: "/", now: () => now });
  const output = new Output(io, { json, logLevel: "info" });
  const tell = reportSync(io, output);
  for (const { atMs, ...event } of events) {
    now = atMs ?? now;
    tell(event as SyncEvent);
  }
  return io;
}

test("the summary counts outcomes and says what came over the network", () => {
  const file = (name: string, outcome: "fetched" | "unchanged" | "cached", size: number) =>
    ({ type: "file", name, outcome, size }) as const;
  const result = {
    files: [
      file("a", "fetched", 16.5 * MIB),
      file("b", "unchanged", 30 * MIB),
      file("c", "unchanged", 4.7 * MIB),
    ],
    receivedBytes: 16.5 * MIB,
    localBytes: 0,
    elapsedMs: 1_200,
  } as unknown as SyncResult;
  expect(syncSummary(result)).toBe("3 files, 51.2 MB: 1 fetched (16.5 MB in 1.2 s), 2 unchanged");
});

test("without a terminal each fetched file is one line, and what was in place is none", () => {
  const io = report([
    { type: "plan", files: 3, bytes: 3 * MIB, missingFiles: 1, missingBytes: MIB },
    { type: "start", name: "a.onnx", size: MIB },
    { type: "progress", name: "a.onnx", bytes: MIB / 2, size: MIB, atMs: 500 },
    { type: "file", name: "a.onnx", outcome: "fetched", size: MIB, atMs: 1500 },
    { type: "file", name: "b.onnx", outcome: "unchanged", size: MIB },
    { type: "file", name: "c.onnx", outcome: "cached", size: MIB },
  ]);
  expect(io.err()).toBe("a.onnx: fetched 1.0 MB in 1.5 s\nc.onnx: from the cache 1.0 MB\n");
  expect(io.out()).toBe("");
});

test("retries and another source are told with their reason, escaped", () => {
  const io = report([
    {
      type: "retry",
      name: "a",
      url: "https://h/a",
      reason: "503\u001b[2J",
      attempt: 1,
      waitMs: 900,
    },
    { type: "source", name: "a", url: "https://mirror/a", reason: "404" },
    { type: "source", name: "a", url: "s3://b/a?region=x", reason: "https://h/a: 403, no" },
    { type: "resume", name: "a", bytes: 8 * MIB },
  ]);
  expect(io.err()).toBe(
    "a: 503\\u001b[2J: try 2 in 0.9 s\na: now from https://mirror/a: 404\n" +
      "a: private, read from s3://b/a\na: goes on at 8.0 MB\n",
  );
});

test("a slow sync says once what helps", () => {
  const io = report([
    { type: "plan", files: 1, bytes: 100 * MIB, missingFiles: 1, missingBytes: 100 * MIB },
    { type: "start", name: "a", size: 100 * MIB },
    { type: "progress", name: "a", bytes: 2 * MIB, size: 100 * MIB, atMs: 21_000 },
    { type: "progress", name: "a", bytes: 3 * MIB, size: 100 * MIB, atMs: 31_000 },
  ]);
  expect(io.err().split("\n")).toHaveLength(2);
  expect(io.err()).toMatch(/^plimsoll: warning: slow: .*CDN.*mirror/);
});

test("with --json every event is one line on stdout, progress at most four a second", () => {
  const io = report(
    [
      { type: "start", name: "a", size: 100 },
      ...Array.from({ length: 100 }, (_, step) => ({
        type: "progress" as const,
        name: "a",
        bytes: step,
        size: 100,
        atMs: step * 10,
      })),
      { type: "warning", message: "careful" },
    ],
    true,
  );
  const types = io.events().map(({ type }) => type);
  expect(types.filter((type) => type === "progress").length).toBe(4);
  expect(types.filter((type) => type !== "progress")).toEqual(["start", "warning"]);
  expect(io.err()).toBe("");
});
