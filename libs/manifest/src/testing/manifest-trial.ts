import type { ParsedManifest } from "../document/manifest.ts";
import { parseManifest, type ManifestOptions } from "../document/parse-manifest.ts";
import { ManifestError } from "../error.ts";

export const digest = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
export const other = digest.replace("b", "c");

/** An entry as the 1.0 format has it. */
export const entry = {
  url: "https://h/a.pt",
  size_mb: 16.5,
  checksum: digest,
  algorithm: "sha256",
  required: true,
};

export const read = (document: unknown, options?: ManifestOptions): ParsedManifest =>
  parseManifest(Buffer.from(JSON.stringify(document)), options);

/** Code and message with which a document is refused, `read` where it is not. */
export function refusal(document: unknown, options?: ManifestOptions): string {
  const text = typeof document === "string" ? document : JSON.stringify(document);
  try {
    parseManifest(Buffer.from(text), options);
    return "read";
  } catch (error) {
    if (error instanceof ManifestError) return `${error.code} ${error.message}`;
    throw error;
  }
}
