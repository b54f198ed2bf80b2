import { expect, test } from "@jest/globals";

import { parseManifest } from "./parse-manifest.ts";
import { digest, entry, other, read, refusal } from "../testing/manifest-trial.ts";

test("a 1.0 manifest is read: no exact size, required by default", () => {
  const { manifest, warnings } = read({
    version: "1.0",
    weights: { "a.pt": entry, "b.pt": { url: "https://h/b.pt", checksum: other } },
  });
  expect(manifest.version).toBe("1.0");
  expect([...manifest.weights]).toEqual([
    ["a.pt", entry],
    ["b.pt", { url: "https://h/b.pt", checksum: other, algorithm: "sha256", required: true }],
  ]);
  expect(warnings).toEqual([]);
});

test("a 2.0 manifest is read with all that it may say", () => {
  const full = {
    ...entry,
    required: false,
    size: 17_301_504,
    mirrors: ["https://m/a.pt", "s3://bucket/a.pt?endpoint=https://s3.example", "./a.pt"],
    format: "pytorch-zip",
    chunks: { url: "https://h/a.pt.chunks", size: 96, checksum: other },
    encoding: "zstd",
    encoded_size: 5,
    encoded_checksum: other,
  };
  const split = {
    size: 3,
    checksum: digest,
    algorithm: "sha256",
    required: true,
    parts: [
      { url: "https://h/b.1", offset: 0, size: 2, checksum: digest },
      { url: "https://h/b.2", offset: 2, size: 1, checksum: other },
    ],
  };
  const document = {
    version: "2.0",
    description: "birds and drones",
    release: "v1.0.0",
    model: "custom_cnn",
    created_at: "2026-11-21T10:00:00Z",
    weights: { "a.pt": full, "b.pt": split },
    metadata: { task: "image-classification" },
  };
  const { manifest, warnings } = read(document);
  expect({ ...manifest, weights: Object.fromEntries(manifest.weights) }).toEqual(document);
  expect(warnings).toEqual([]);
});

test("WEIGHTS_URLS.json is read, with a warning for each file without a checksum", () => {
  const { manifest, warnings } = read({
    note: "uploaded by hand",
    weights: {
      "a.pt": { url: "https://h/a.pt", size_mb: 6.2, required: true },
      "b.pt": { url: "https://h/b.pt", size_mb: 1, required: false },
    },
  });
  expect(manifest.version).toBe("1.0");
  expect(manifest.weights.get("b.pt")).toEqual({
    url: "https://h/b.pt",
    size_mb: 1,
    required: false,
  });
  expect(warnings).toEqual([
    "a.pt: no checksum, its bytes cannot be verified: publish it to pin them",
    "b.pt: no checksum, its bytes cannot be verified: publish it to pin them",
  ]);
});

test("a checksum may be missing only where no version is named", () => {
  const weights = { "a.pt": { url: "https://h/a.pt" } };
  expect(refusal({ weights })).toBe("read");
  expect(refusal({ version: "1.0", weights })).toContain("E_MANIFEST_SCHEMA");
  expect(refusal({ version: "2.0", weights })).toContain('weights["a.pt"].checksum');
  expect(refusal({ weights: { "a.pt": { algorithm: "sha256" } } })).toContain("E_MANIFEST_SCHEMA");
  expect(refusal({ weights: { "a.pt": {} } })).toContain("neither url nor checksum");
});

test("the order of the document is kept, also for names that look like numbers", () => {
  const text = `{"weights":{"b":{"url":"./b"},"10":{"url":"./c"},"2":{"url":"./d"}}}`;
  expect([...parseManifest(Buffer.from(text)).manifest.weights.keys()]).toEqual(["b", "10", "2"]);
});

test("fields of 2.0 in a 1.0 manifest are somebody's own: ignored, with a warning", () => {
  const { manifest, warnings } = read({
    version: "1.0",
    release: "first try",
    weights: { "a.pt": { ...entry, size: "16 MB", format: "PyTorch", parts: 3 } },
  });
  expect(manifest.weights.get("a.pt")).toEqual(entry);
  expect(manifest.release).toBeUndefined();
  expect(warnings).toEqual([
    'weights["a.pt"]: size, format, parts count from format 2.0 on and are ignored in 1.0',
    expect.stringContaining("release is ignored"),
  ]);
});

test("a message never has a raw control character, whatever the source is called", () => {
  expect(refusal({ version: "\u001b[31m", weights: {} }, { source: "a\nb" })).toMatch(
    /^[\x20-\x7e]+$/,
  );
});
