import { readFileSync } from "node:fs";
import { readdir } from "node:fs/promises";
import { expect, test } from "@jest/globals";
import {
  decodeChunkIndex,
  parseJson,
  parseManifest,
  readTrustedKeys,
  sha256,
  verifyEnvelope,
  verifyModel,
} from "./index.ts";

const museum = new URL("../museum/", import.meta.url);
const piece = (name: string): Uint8Array => readFileSync(new URL(name, museum));
const at = Date.parse("2026-11-21T10:00:00Z");
const keys = readTrustedKeys([
  { id: "museum", publicKey: Buffer.from(piece("public-key.pem")).toString() },
]);

/** What each piece says; one function a file. */
const pieces: Readonly<Record<string, () => void>> = {
  "manifest-1.0.bytes": () => {
    const { manifest, digest } = parseManifest(piece("manifest-1.0.bytes"));
    expect(digest).toBe("9896102574ab989772e6698b93f461359ead8f6cbe610b624678f5ba4dc64a72");
    expect(manifest.version).toBe("1.0");
    expect([...manifest.weights.keys()]).toEqual(["yolov8n.pt", "custom_cnn_best.pt"]);
    expect(manifest.weights.get("custom_cnn_best.pt")).toMatchObject({
      url: "https://github.com/owner/repo/releases/download/v1.0.0/custom_cnn_best.pt",
      size_mb: 16.51,
      checksum: sha256(Buffer.from("custom_cnn_best.pt")),
      required: false,
    });
  },
  "weights-urls.bytes": () => {
    const { manifest } = parseManifest(piece("weights-urls.bytes"));
    expect(manifest.weights.get("yolov8n.pt")).toMatchObject({ size_mb: 6.23, required: true });
    expect(manifest.weights.get("yolov8n.pt")?.checksum).toBeUndefined();
  },
  "manifest-2.0.bytes": () => {
    const { manifest } = parseManifest(piece("manifest-2.0.bytes"));
    expect(manifest).toMatchObject({ release: "v2.1.0-weapons", model: "custom_cnn" });
    expect(manifest.metadata).toMatchObject({ task: "image-classification", accuracy: 0.902 });
    expect(manifest.weights.get("custom_cnn_best.onnx")).toMatchObject({
      size: 978_687,
      format: "onnx",
      chunks: { size: 200 },
    });
    expect(manifest.weights.get("large/weights.safetensors")?.parts).toHaveLength(2);
    expect(manifest.weights.get("labels.txt")).toMatchObject({
      encoding: "gzip",
      encoded_size: 300,
    });
  },
  "chunk-index-1.bytes": () => {
    const { size, chunks } = decodeChunkIndex(piece("chunk-index-1.bytes"), "a.bin");
    expect(size).toBe(100_000);
    expect(chunks).toHaveLength(7);
  },
  "model-sig-1.bytes": () => {
    const { subject, files } = verifyModel(piece("model-sig-1.bytes"), keys, { source: "m", at });
    expect(subject).toBe("custom_cnn");
    expect(files.get("manifest.json")).toBe(sha256(piece("manifest-2.0.bytes")));
    expect(files.size).toBe(5);
  },
  "pointer-1.bytes": () => {
    expect(parseJson(piece("pointer-1.bytes"))).toMatchObject({
      schema: 1,
      model: "custom_cnn",
      channel: "production",
      sequence: 2,
      version: "v2.1.0-weapons",
      manifest: { checksum: sha256(piece("manifest-2.0.bytes")), size: 2251 },
      revoked: ["v1.0.0"],
      history: [{ sequence: 1, version: "v2.0.0" }],
    });
  },
  "pointer-1-signed.bytes": () => {
    const { payload, keyId } = verifyEnvelope(
      parseJson(piece("pointer-1-signed.bytes")),
      "application/vnd.plimsoll.channel.v1+json",
      keys,
      { name: "production.json", at },
    );
    expect(keyId).toBe("museum");
    expect(Buffer.from(payload)).toEqual(Buffer.from(piece("pointer-1.bytes")));
  },
  "public-key.pem": () => expect(keys).toHaveLength(1),
};

test.each(Object.entries(pieces))("%s stays readable", (_, read) => read());

test("every piece of the museum is read here", async () => {
  const files = (await readdir(museum)).filter((name) => !/^README|^\./.test(name));
  expect(files.sort()).toEqual(Object.keys(pieces).sort());
});
