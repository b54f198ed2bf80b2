import {
  type JsonObject,
  parseManifest,
  type ParsedManifest,
  type Part,
  type WeightEntry,
  writeManifest,
} from "@plimsoll/manifest";
import type { ChunkIndexFile } from "./chunk-index-of.ts";
import type { HashedFile } from "./hash-files.ts";

/** What goes into the manifest of a version. */
export interface ManifestParts {
  readonly files: readonly (Pick<
    HashedFile,
    "name" | "size" | "sha256" | "format" | "parts" | "encoded"
  > & {
    readonly chunks?: Pick<ChunkIndexFile, "name" | "size" | "sha256">;
  })[];
  readonly release?: string | undefined;
  readonly model?: string | undefined;
  readonly description?: string | undefined;
  readonly metadata?: JsonObject | undefined;
  readonly createdAt: Date;
  readonly isRequired: (name: string) => boolean;
  /** URLs of a file: the first becomes `url`, others `mirrors`. */
  readonly locate: (name: string) => readonly string[];
}

/** The manifest of these files, as it was written and read again. */
export function composeManifest(parts: ManifestParts): ParsedManifest {
  const weights = new Map<string, WeightEntry>();
  for (const { name, size, sha256, format, parts: pieces, chunks, encoded } of parts.files) {
    const [url, ...mirrors] = new Set(parts.locate(encoded?.name ?? name));
    const located = pieces?.flatMap((piece): Part[] => {
      const [at] = parts.locate(piece.name);
      const { offset, size: bytes, sha256: checksum } = piece;
      return at === undefined ? [] : [{ url: at, offset, size: bytes, checksum }];
    });
    const [chunksAt] = chunks ? parts.locate(chunks.name) : [];
    weights.set(name, {
      ...(url !== undefined && { url }),
      checksum: sha256,
      algorithm: "sha256",
      required: parts.isRequired(name),
      size,
      ...(mirrors.length > 0 && { mirrors }),
      format,
      ...(encoded && {
        encoding: encoded.type,
        encoded_size: encoded.size,
        encoded_checksum: encoded.sha256,
      }),
      ...(chunks &&
        chunksAt !== undefined && {
          chunks: { url: chunksAt, size: chunks.size, checksum: chunks.sha256 },
        }),
      ...(located && located.length === pieces?.length && { parts: located }),
    });
  }
  const { release, model, description, metadata } = parts;
  const bytes = writeManifest({
    version: "2.0",
    ...(description !== undefined && { description }),
    ...(release !== undefined && { release }),
    ...(model !== undefined && { model }),
    created_at: `${parts.createdAt.toISOString().slice(0, 19)}Z`,
    weights,
    ...(metadata !== undefined && { metadata }),
  });
  return parseManifest(bytes);
}
