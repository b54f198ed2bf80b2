import { expect, test } from "@jest/globals";

import { expectRelease } from "./expect-release.ts";
import { parseManifest } from "./parse-manifest.ts";

const digest = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
const manifest = (head: object): ReturnType<typeof parseManifest> =>
  parseManifest(
    Buffer.from(JSON.stringify({ version: "2.0", ...head, weights: { a: { checksum: digest } } })),
  );

test("M21: a genuine manifest of another model or release is refused", () => {
  const parsed = manifest({ model: "yolov8m", release: "v2.1.0" });
  expect(() => expectRelease(parsed, { model: "yolov8m", release: "v2.1.0" })).not.toThrow();
  expect(() => expectRelease(parsed, {})).not.toThrow();
  const refused = (expected: Parameters<typeof expectRelease>[1]): unknown => {
    try {
      expectRelease(parsed, expected);
      return "taken";
    } catch (error) {
      return error;
    }
  };
  expect(refused({ release: "v2.0.0", source: "https://h/manifest.json" })).toMatchObject({
    code: "E_MISMATCH",
    message:
      "https://h/manifest.json: release v2.0.0 was asked for, this manifest is of release v2.1.0: publish it again or correct the store",
  });
  expect(refused({ model: "yolov8n", release: "v2.1.0" })).toMatchObject({ code: "E_MISMATCH" });
});

test("M21: a manifest that names no model is not the one of a model", () => {
  expect(() => expectRelease(manifest({ release: "v1.0.0" }), { model: "yolov8m" })).toThrow(
    "names no model",
  );
});

test("M21: a manifest of 1.0 has no such fields, and is refused only where it has others", () => {
  const old = (head: object): ReturnType<typeof parseManifest> =>
    manifest({ version: "1.0", ...head });
  expect(() => expectRelease(old({}), { model: "yolov8m", release: "v1.0.0" })).not.toThrow();
  expect(() => expectRelease(old({ release: "v1.0.1" }), { release: "v1.0.0" })).toThrow("v1.0.1");
});
