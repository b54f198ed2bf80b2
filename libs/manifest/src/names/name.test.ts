import { expect, test } from "@jest/globals";

import { ManifestError } from "../error.ts";
import { checkName, checkNames } from "./name.ts";

function refusal(check: () => void): ManifestError | undefined {
  try {
    check();
    return undefined;
  } catch (error) {
    if (error instanceof ManifestError) return error;
    throw error;
  }
}

const codes = (names: readonly string[]): Record<string, string | undefined> =>
  Object.fromEntries(names.map((name) => [name, refusal(() => checkName(name))?.code]));

const allRefused = (names: readonly string[]): void => {
  expect(codes(names)).toEqual(Object.fromEntries(names.map((name) => [name, "E_PATH"])));
};

const allTaken = (names: readonly string[]): void => {
  expect(codes(names)).toEqual(Object.fromEntries(names.map((name) => [name, undefined])));
};

test("names that people use are taken", () => {
  allTaken([
    "custom_cnn_best.pt",
    "yolov8m.onnx",
    "a",
    "0",
    "models/v2/best+ema@2x.safetensors",
    "model-00001-of-00002.safetensors",
    "a..b",
    "console.onnx",
    "com10.txt",
    "metadata.json",
    "class_names.json",
    "weights/manifest.json",
    "constructor",
    "toString",
  ]);
});

test("M1: a path that leaves the folder is refused", () => {
  allRefused(["../x", "a/../../x", "a/b/../../../x", "..", "a/.."]);
});

test("M2: absolute paths, drives, network shares and streams of any platform are refused", () => {
  allRefused(["/etc/x", "//h/s/x", "C:\\x", "C:x", "\\\\h\\s", "..\\x", "x:ads", "a\\b"]);
  allRefused(["../delegatedrole", "/delegatedrole", "a?b", "a#b"]);
});

test("M3: controls are refused, and the message has none", () => {
  const names = ["a\u0000b", "a\nb", "a\u001b[2Jb", "a\u007fb", "a\rb", "a\tb"];
  allRefused(names);
  for (const name of names) {
    expect(refusal(() => checkName(name))?.message).toMatch(/^[\x20-\x7e]+$/);
  }
});

test("M4: two names for one file on some disk are refused", () => {
  const pairs = [
    ["A.onnx", "a.onnx"],
    ["\u00e9.onnx", "e\u0301.onnx"],
    ["\ufb01.onnx", "fi.onnx"],
    ["a\u202e.onnx", "a.onnx"],
    ["a\u200b.onnx", "a.onnx"],
    ["\u212a.onnx", "k.onnx"],
    ["dir/A", "DIR/a"],
    ["same", "same"],
  ];
  expect(pairs.map((pair) => refusal(() => checkNames(pair))?.code)).toEqual(
    pairs.map(() => "E_PATH"),
  );
});

test("M5: devices, dots, empty segments, homes and percent escapes are refused", () => {
  allRefused(["CON", "aux.onnx", "COM1.txt", "a.", "a ", ".", "", "./a", "a//b", "a/", "~/.ssh/x"]);
  allRefused(["%2e%2e/x", "nul", "dir/prn.tar.gz", "LPT9", "a./b", ".hidden", "-flag", "_x"]);
});

test("M6: one byte, one segment too many is refused, one less is not", () => {
  allTaken(["a".repeat(99), "a".repeat(100), `d/${"a".repeat(100)}`]);
  allRefused(["a".repeat(101), "a".repeat(256), `d/${"a".repeat(101)}`]);
  const long = (bytes: number): string => {
    const segments = Array.from({ length: 5 }, () => "a".repeat(84)).join("/");
    return `${segments}/${"b".repeat(bytes - segments.length - 1)}`;
  };
  expect(long(512)).toHaveLength(512);
  allTaken([long(511), long(512)]);
  allRefused([long(513), `${"a".repeat(100)}/`.repeat(10).slice(0, 1025)]);
  const deep = (segments: number): string => Array.from({ length: segments }, () => "a").join("/");
  allTaken([deep(7), deep(8)]);
  allRefused([deep(9), deep(40)]);
});

test("M7: the release's own names are refused, in any case", () => {
  allRefused([
    "manifest.json",
    "MANIFEST.json",
    "manifest.json/a",
    "model.sig",
    "SHA256SUMS",
    "sha256sums",
    "attestation.jsonl",
    "best.onnx.chunks",
    "sub/best.onnx.CHUNKS",
    ".tmp-1",
  ]);
});

test("M7: a name that is a file and a folder is refused, whichever comes first", () => {
  expect(refusal(() => checkNames(["a", "a/b"]))?.code).toBe("E_PATH");
  expect(refusal(() => checkNames(["x/y/z", "X/y"]))?.code).toBe("E_PATH");
  expect(refusal(() => checkNames(["a", "b/a", "a.b/c", "ab"]))).toBeUndefined();
});
