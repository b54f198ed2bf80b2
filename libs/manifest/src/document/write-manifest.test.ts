import { createHash } from "node:crypto";

import { expect, test } from "@jest/globals";

import type { Manifest, WeightEntry } from "./manifest.ts";
import { parseManifest } from "./parse-manifest.ts";
import { writeManifest } from "./write-manifest.ts";

const digest = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";

const manifest: Manifest = {
  version: "2.0",
  description: "birds and drones",
  release: "v1.0.0",
  model: "custom_cnn",
  created_at: "2026-11-21T10:00:00Z",
  weights: new Map<string, WeightEntry>([
    [
      "custom_cnn_best.pt",
      {
        required: true,
        format: "pytorch-zip",
        size: 17317003,
        chunks: { checksum: digest, size: 1234, url: "https://h/c" },
        checksum: digest,
        mirrors: ["https://m/custom_cnn_best.pt"],
        url: "https://h/custom_cnn_best.pt",
      },
    ],
    ["10", { checksum: digest, required: false, size: 3 }],
    [
      "2",
      {
        checksum: digest,
        required: true,
        size: 3,
        parts: [{ size: 3, offset: 0, url: "./p", checksum: digest }],
      },
    ],
  ]),
  metadata: { task: "image-classification", classes: ["bird", "drone"] },
};

test("the bytes: fields in the order of the format, two spaces, a newline at the end", () => {
  expect(Buffer.from(writeManifest(manifest)).toString()).toBe(`{
  "version": "2.0",
  "description": "birds and drones",
  "release": "v1.0.0",
  "model": "custom_cnn",
  "created_at": "2026-11-21T10:00:00Z",
  "weights": {
    "custom_cnn_best.pt": {
      "url": "https://h/custom_cnn_best.pt",
      "size_mb": 16.51,
      "checksum": "${digest}",
      "algorithm": "sha256",
      "required": true,
      "size": 17317003,
      "mirrors": [
        "https://m/custom_cnn_best.pt"
      ],
      "format": "pytorch-zip",
      "chunks": {
        "url": "https://h/c",
        "size": 1234,
        "checksum": "${digest}"
      }
    },
    "10": {
      "size_mb": 0,
      "checksum": "${digest}",
      "algorithm": "sha256",
      "required": false,
      "size": 3
    },
    "2": {
      "size_mb": 0,
      "checksum": "${digest}",
      "algorithm": "sha256",
      "required": true,
      "size": 3,
      "parts": [
        {
          "url": "./p",
          "offset": 0,
          "size": 3,
          "checksum": "${digest}"
        }
      ]
    }
  },
  "metadata": {
    "task": "image-classification",
    "classes": [
      "bird",
      "drone"
    ]
  }
}
`);
});

test("what was read is written the same again", () => {
  const bytes = writeManifest(manifest);
  expect(Buffer.from(writeManifest(parseManifest(bytes).manifest))).toEqual(Buffer.from(bytes));
});

/** What a client of format 1.0 does, in as few lines: plain JSON, the five fields, the digest over the file. */
function oldClient(text: string, files: Readonly<Record<string, Uint8Array>>): string[] {
  const { weights } = JSON.parse(text);
  return Object.keys(weights).map((name) => {
    const { url, size_mb, checksum, algorithm, required } = weights[name];
    const file = files[url];
    if (file === undefined) return required ? `${name} failed` : `${name} skipped`;
    const about = Math.abs(file.length / 2 ** 20 - size_mb) < 0.01 ? "of the size told" : "strange";
    const right = createHash(algorithm).update(file).digest("hex") === checksum;
    return `${name} ${right ? "verified" : "corrupt"}, ${about}`;
  });
}

test("a client of format 1.0 reads what is written", () => {
  const file = Buffer.alloc(1_500_000, "weights");
  const checksum = createHash("sha256").update(file).digest("hex");
  const entry = (url: string, required: boolean): WeightEntry => ({
    url,
    checksum,
    required,
    size: file.length,
    mirrors: ["https://m/a"],
    format: "unknown",
  });
  const bytes = writeManifest({
    version: "2.0",
    release: "v1.0.0",
    weights: new Map([
      ["a.pt", entry("https://h/a", true)],
      ["b.pt", entry("https://h/b", false)],
      ["c.pt", entry("https://h/b", true)],
    ]),
  });
  expect(oldClient(Buffer.from(bytes).toString(), { "https://h/a": file })).toEqual([
    "a.pt verified, of the size told",
    "b.pt skipped",
    "c.pt failed",
  ]);
});

test("a manifest that uses only 1.0 stays 1.0, one that uses more becomes 2.0", () => {
  const entry = { url: "https://h/a", size_mb: 16.5, checksum: digest, required: true };
  const version = (from: string, fields: Partial<WeightEntry>): string => {
    const weights = new Map([["a", { ...entry, ...fields }]]);
    return parseManifest(writeManifest({ version: from, weights })).manifest.version;
  };
  expect(version("1.0", {})).toBe("1.0");
  expect(version("1.4", {})).toBe("1.0");
  expect(version("1.0", { size: 5 })).toBe("2.0");
  expect(version("1.0", { mirrors: ["https://m/a"] })).toBe("2.0");
  expect(version("2.9", {})).toBe("2.0");
});

test("separators of lines in a text are not taken for lines", () => {
  const description = "a\u2028b\u2029c\nd\re";
  const bytes = writeManifest({ ...manifest, description });
  expect(parseManifest(bytes).manifest.description).toBe(description);
});

test("what could not be read again is not written", () => {
  const write = (weights: [string, WeightEntry][], more: Partial<Manifest> = {}): Uint8Array =>
    writeManifest({ version: "2.0", weights: new Map(weights), ...more });
  expect(() => write([])).toThrow(expect.objectContaining({ code: "E_LIMIT" }));
  expect(() => write([["../a", { checksum: digest, required: true }]])).toThrow(
    expect.objectContaining({ code: "E_PATH" }),
  );
  expect(() => write([["a", { url: "https://h/a", required: true }]])).toThrow("checksum");
  expect(() => write([["a", { checksum: digest, required: true }]], { release: "1" })).toThrow(
    "v + semver",
  );
  expect(() =>
    write([["a", { checksum: digest, required: true }]], { description: "\ud800" }),
  ).toThrow("lone surrogate");
});
