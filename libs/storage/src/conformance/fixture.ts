import { patternBytes } from "./pattern-bytes.ts";

/** Keys of the fixture by what they are there for. */
export const fixtureKeys = {
  text: "models/m/v1.0.0/labels.json",
  binary: "models/m/v1.0.0/all-bytes.bin",
  large: "models/m/v1.0.0/weights.onnx",
  empty: "models/m/v1.0.1/empty.txt",
  sibling: "models/m/v1.0.0-beta/labels.json",
  other: "models/mm/config.json",
  top: "readme.txt",
} as const;

/** A key of the same shape that the fixture leaves free. */
export const absentKey = "models/m/v1.0.0/absent.onnx";

/** The objects that the reading cases expect in a store. */
export const fixture: ReadonlyMap<string, Uint8Array> = new Map([
  [fixtureKeys.text, Buffer.from('["car","ship"]')],
  [fixtureKeys.binary, Uint8Array.from({ length: 256 }, (_, value) => value)],
  [fixtureKeys.large, patternBytes(300_001, 3)],
  [fixtureKeys.empty, new Uint8Array(0)],
  [fixtureKeys.sibling, Buffer.from('["ship"]')],
  [fixtureKeys.other, Buffer.from("{}")],
  [fixtureKeys.top, Buffer.from("read me")],
]);
