import { expect, test } from "@jest/globals";

import type { ModelMetadata } from "./metadata.ts";
import { parseJson } from "../json/parse-json.ts";
import { readMetadata } from "./read-metadata.ts";

const read = (document: unknown): ModelMetadata =>
  readMetadata(parseJson(Buffer.from(JSON.stringify(document))), "model_metadata.json");

test("metadata of a release is read as it is, unknown fields too", () => {
  const document = {
    version: "v2.1.0",
    uploaded_at: "2025-10-07T20:00:00Z",
    accuracy: 0.92,
    file_size_mb: 49.7,
    sha256: "a".repeat(64),
    task: "object-detection",
    classes: ["person", "car"],
    input: {
      width: 640,
      height: 640,
      layout: "NCHW",
      range: [0, 1],
      mean: [0.485, 0.456, 0.406],
      std: [0.229, 0.224, 0.225],
      resize: "letterbox",
      note: "RGB",
    },
    metrics: { mAP50: 0.71 },
    dataset: { digest: "b".repeat(64) },
    golden: { inputs: [] },
    licence: "AGPL-3.0",
  };
  expect({ ...read(document) }).toEqual(document);
});

test("the names of an audio training are understood", () => {
  const metadata = read({
    model_name: "YAMNet transfer",
    training_date: "2025-11-02 14:03:11",
    test_accuracy: 0.9514,
    sample_rate: 16000,
    num_classes: 5,
    class_names: ["dog_bark", "gunshot"],
  });
  expect(metadata).toMatchObject({
    model_name: "YAMNet transfer",
    training_date: "2025-11-02 14:03:11",
    accuracy: 0.9514,
    task: "audio-classification",
    classes: ["dog_bark", "gunshot"],
    num_classes: 5,
  });
  expect({ ...metadata.input }).toEqual({ sample_rate: 16000 });
});

test("a field under its own name wins, per cent become a fraction", () => {
  const metadata = read({
    test_accuracy: 95.14,
    task: "tensor",
    sample_rate: 16000,
    input: { kind: "waveform", sample_rate: 22050 },
  });
  expect(metadata.accuracy).toBeCloseTo(0.9514, 10);
  expect(metadata.task).toBe("tensor");
  expect({ ...metadata.input }).toEqual({ kind: "waveform", sample_rate: 22050 });
  expect(read({ test_accuracy: 95, accuracy: 0.5 }).accuracy).toBe(0.5);
});

test("a flat list of names is the classes", () => {
  expect({ ...read(["bird", "drone"]) }).toEqual({ classes: ["bird", "drone"] });
});

test("M10: the names of a prototype stay plain fields", () => {
  const metadata = readMetadata(parseJson(Buffer.from('{"__proto__":{"isAdmin":true}}')));
  expect(Object.keys(metadata)).toEqual(["__proto__"]);
  expect(metadata["isAdmin"]).toBeUndefined();
});

test("a field of the wrong type is refused where it stands", () => {
  const wrong: readonly (readonly [unknown, string])[] = [
    [null, "an object or an array of class names"],
    ["cnn", "an object or an array of class names"],
    [["bird", 7], "classes[1]: a text expected, got 7"],
    [{ task: "detection" }, "task: one of object-detection, "],
    [{ accuracy: 92 }, "accuracy: a number from 0 to 1 expected, got 92"],
    [{ test_accuracy: 9200 }, "accuracy: a number from 0 to 1"],
    [{ file_size_mb: "49 MB" }, "file_size_mb: a number from 0 expected"],
    [{ sha256: "abc123..." }, "sha256: a SHA-256"],
    [{ uploaded_at: "yesterday" }, "uploaded_at: ISO 8601"],
    [{ input: { layout: "HWC" } }, "input.layout: one of NCHW, NHWC"],
    [{ input: { width: 1.5 } }, "input.width"],
    [{ input: { range: [0] } }, "input.range: two numbers"],
    [{ input: { sample_rate: 0 } }, "input.sample_rate: a number above 0"],
    [{ input: [] }, "input: an object expected"],
    [{ metrics: { loss: "low" } }, "metrics.loss: a number expected"],
    [{ class_names: { 0: "bird" } }, "classes: an array expected"],
    [{ model_name: 3 }, "model_name: a text expected"],
    [{ dataset: "mine" }, "dataset: an object expected"],
  ];
  for (const [document, message] of wrong) {
    expect(() => read(document)).toThrow(`model_metadata.json: ${message}`);
  }
});
