import { expect, test } from "@jest/globals";
import {
  maxPointerBytes,
  nextPointer,
  parsePointer,
  type Pointer,
  writePointer,
} from "./pointer.ts";

const manifest = { checksum: "a".repeat(64), size: 10 };
const issuedAt = new Date("2026-11-21T10:00:00Z");
const expected = { model: "m", channel: "latest", source: "channels/latest.json" };

const next = (current: Pointer | undefined, version: string): Pointer =>
  nextPointer(current, {
    model: "m",
    channel: "latest",
    version,
    manifest,
    issuedAt,
    issuedBy: "ci",
  });

test("a pointer is read as it was written", () => {
  const pointer = next(next(undefined, "v1.0.0"), "v1.1.0");
  expect(parsePointer(writePointer(pointer), expected)).toEqual(pointer);
  expect(pointer).toMatchObject({
    sequence: 2,
    version: "v1.1.0",
    history: [{ sequence: 1, version: "v1.0.0", issued_by: "ci" }],
  });
});

test("history keeps the last 20 places, and stays below the cap with the longest names", () => {
  let pointer: Pointer | undefined;
  for (let patch = 0; patch < 30; patch++) {
    pointer = nextPointer(pointer, {
      model: "m".repeat(100),
      channel: "c".repeat(100),
      version: `v1.0.${patch}-${"x".repeat(80)}`,
      manifest,
      issuedAt,
      issuedBy: "u".repeat(300),
    });
  }
  expect(pointer?.sequence).toBe(30);
  expect(pointer?.history).toHaveLength(20);
  expect(pointer?.history[0]?.sequence).toBe(29);
  expect(writePointer(pointer as Pointer).length).toBeLessThan(maxPointerBytes);
});

test.each([
  ["no JSON", "{", "E_MANIFEST_PARSE"],
  ["an array", "[]", "E_MANIFEST_SCHEMA"],
  ["a key twice", `{"schema":1,"schema":1}`, "E_MANIFEST_PARSE"],
  ["another schema", { schema: 2 }, "E_MANIFEST_SCHEMA"],
  ["another model", { model: "other" }, "E_MISMATCH"],
  ["another channel", { channel: "production" }, "E_MISMATCH"],
  ["sequence 0", { sequence: 0 }, "E_MANIFEST_SCHEMA"],
  ["sequence 1.5", { sequence: 1.5 }, "E_MANIFEST_SCHEMA"],
  ["a version that is a path", { version: "../v1.0.0" }, "E_MANIFEST_SCHEMA"],
  ["a digest that is a path", { manifest: { checksum: "../x", size: 1 } }, "E_MANIFEST_SCHEMA"],
  ["no time", { issued_at: "yesterday" }, "E_MANIFEST_SCHEMA"],
  ["revoked as text", { revoked: "v1.0.0" }, "E_MANIFEST_SCHEMA"],
  ["history of numbers", { history: [1] }, "E_MANIFEST_SCHEMA"],
])("refuses %s", (_what, change, code) => {
  const text =
    typeof change === "string"
      ? change
      : JSON.stringify({ ...next(undefined, "v1.0.0"), ...change });
  expect(() => parsePointer(Buffer.from(text), expected)).toThrow(
    expect.objectContaining({ code }),
  );
});

test("M15: a pointer above 16 KiB is not read", () => {
  const bytes = Buffer.from(`{"schema":1,"x":"${"y".repeat(maxPointerBytes)}"}`);
  expect(() => parsePointer(bytes, expected)).toThrow(expect.objectContaining({ code: "E_LIMIT" }));
});

test("unknown fields do no harm, expires is kept", () => {
  const document = { ...next(undefined, "v1.0.0"), later: 1, expires: "2027-01-01T00:00:00Z" };
  expect(parsePointer(Buffer.from(JSON.stringify(document)), expected)).toMatchObject({
    expires: "2027-01-01T00:00:00Z",
    revoked: [],
  });
});
