import type { JsonObject } from "../json/json.ts";
import type { Manifest, WeightEntry } from "./manifest.ts";
import { parseManifest } from "./parse-manifest.ts";
import { writtenVersion } from "./manifest-version.ts";
import { sizeMb } from "./size-mb.ts";

/**
 * Bytes of a manifest: the fields in the order of docs/protocol/manifest.md, two spaces, one newline at the end, so that
 * the same manifest always gives the same bytes. Each entry has the five fields of 1.0 (`url` where there is one), and
 * `size_mb` is made from `size`. The version is "1.0" for a manifest of 1.x that uses nothing newer, else "2.0".
 *
 * Throws what `parseManifest` throws when what was written would not be read again.
 */
export function writeManifest(manifest: Manifest): Uint8Array {
  const { description, release, model, created_at, metadata } = manifest;
  const head = { version: versionFor(manifest), description, release, model, created_at };
  const members = Object.entries(head)
    .filter(([, value]) => value !== undefined)
    .map(([key, value]) => member(key, JSON.stringify(value)));
  // Put together by hand: an object of JavaScript would bring names like "12" to the front.
  const entries = [...manifest.weights].map(([name, entry]) =>
    member(name, JSON.stringify(fields(entry), null, 2)),
  );
  members.push(member("weights", entries.length === 0 ? "{}" : `{\n${entries.join(",\n")}\n}`));
  if (metadata !== undefined) members.push(member("metadata", JSON.stringify(metadata, null, 2)));
  const bytes = Buffer.from(`{\n${members.join(",\n")}\n}\n`, "utf8");
  parseManifest(bytes, { source: "the manifest to be written" });
  return bytes;
}

function member(key: string, json: string): string {
  return `  ${JSON.stringify(key)}: ${json.replaceAll("\n", "\n  ")}`;
}

function fields(entry: WeightEntry): JsonObject {
  const written = {
    url: entry.url,
    size_mb: entry.size === undefined ? entry.size_mb : sizeMb(entry.size),
    checksum: entry.checksum,
    algorithm: "sha256",
    required: entry.required,
    size: entry.size,
    mirrors: entry.mirrors,
    format: entry.format,
    chunks: entry.chunks && {
      url: entry.chunks.url,
      size: entry.chunks.size,
      checksum: entry.chunks.checksum,
    },
    parts: entry.parts?.map(({ url, offset, size, checksum }) => ({ url, offset, size, checksum })),
    encoding: entry.encoding,
    encoded_size: entry.encoded_size,
    encoded_checksum: entry.encoded_checksum,
  };
  return Object.fromEntries(
    Object.entries(written).flatMap(([key, value]) => (value === undefined ? [] : [[key, value]])),
  );
}

function versionFor(manifest: Manifest): string {
  if (!manifest.version.startsWith("1.")) return writtenVersion;
  const newer = [...manifest.weights.values()].some(
    ({ size, mirrors, format, chunks, parts, encoding }) =>
      [size, mirrors, format, chunks, parts, encoding].some((value) => value !== undefined),
  );
  return newer ? writtenVersion : "1.0";
}
