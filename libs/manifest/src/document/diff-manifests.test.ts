import { expect, test } from "@jest/globals";

import { diffManifests } from "./diff-manifests.ts";
import { sha256 } from "../bytes/digest.ts";
import type { Manifest, WeightEntry } from "./manifest.ts";

const entry = (content: string, more: Partial<WeightEntry> = {}): WeightEntry => ({
  checksum: sha256(Buffer.from(content)),
  size: content.length,
  required: true,
  ...more,
});
const manifest = (weights: Record<string, WeightEntry>): Manifest => ({
  version: "2.0",
  weights: new Map(Object.entries(weights)),
});

test("files and bytes of an update", () => {
  const before = manifest({ same: entry("same"), gone: entry("gone!"), other: entry("old") });
  const after = manifest({
    same: entry("same", { url: "https://elsewhere/same" }),
    other: entry("newer"),
    fresh: entry("fresh file"),
  });
  expect(diffManifests(before, after)).toEqual({
    added: [{ name: "fresh", after: 10 }],
    removed: [{ name: "gone", before: 5 }],
    changed: [{ name: "other", before: 3, after: 5 }],
    unchanged: [{ name: "same", before: 4, after: 4 }],
    fetchBytes: 15,
    bytesBefore: 12,
    bytesAfter: 19,
    exact: true,
  });
});

test("bytes that are here under another name are not fetched, new ones only once", () => {
  const before = manifest({ old: entry("weights") });
  const after = manifest({ renamed: entry("weights"), a: entry("abc"), b: entry("abc") });
  const diff = diffManifests(before, after);
  expect(diff.added.map(({ name }) => name)).toEqual(["renamed", "a", "b"]);
  expect(diff.fetchBytes).toBe(3);
});

test("without checksums nothing is known to be the same; without sizes the bytes are an estimate", () => {
  const weights = manifest({ a: { url: "https://h/a", size_mb: 1.5, required: true } });
  expect(diffManifests(weights, weights)).toMatchObject({
    changed: [{ name: "a", before: 1_572_864, after: 1_572_864 }],
    fetchBytes: 1_572_864,
    exact: false,
  });
  const unsized = manifest({ a: { checksum: sha256(Buffer.from("a")), required: true } });
  expect(diffManifests(unsized, unsized)).toMatchObject({
    unchanged: [{ name: "a" }],
    fetchBytes: 0,
  });
});

test("the order of the files is no difference", () => {
  const [a, b] = [entry("a"), entry("b")];
  const diff = diffManifests(manifest({ a, b }), manifest({ b, a }));
  expect([diff.added, diff.changed, diff.removed].flat()).toEqual([]);
  expect(diff.unchanged.map(({ name }) => name)).toEqual(["b", "a"]);
});
