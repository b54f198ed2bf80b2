import {
  type Manifest,
  parseManifest,
  type ParsedManifest,
  type WeightEntry,
  writeManifest,
} from "@plimsoll/manifest";
import { collectFiles } from "./collect.ts";
import { composeManifest } from "./compose-manifest.ts";
import type { CreatedManifest, CreateManifestOptions } from "./create-manifest.ts";
import { globMatcher } from "./glob.ts";
import { type HashedFile, hashFiles } from "./hash-files.ts";
import { joinUrl } from "./locate-files.ts";
import { releaseMetadata } from "./release-metadata.ts";
import { weightDifferences } from "./same-weights.ts";

/** `createManifest`, loaded when it is called. */
export async function makeManifest(options: CreateManifestOptions): Promise<CreatedManifest> {
  const collected = await collectFiles(options);
  const { folder } = collected;
  const files = await hashFiles(collected.files, {
    ...(options.signal && { signal: options.signal }),
    cache: options.cache,
    chunks: options.chunks,
    onProgress: ({ name, size }, bytes) => options.onEvent?.({ type: "hash", name, bytes, size }),
  });
  const old = options.existing?.manifest;
  const createdAt = options.now?.() ?? new Date();
  const release = options.release ?? old?.release;
  const isOptional = globMatcher(options.optional ?? []);
  const described =
    options.metadata !== undefined || release !== undefined
      ? await (
          await releaseMetadata(collected, options.metadata)
        ).metadata({
          release,
          files,
          uploadedAt: createdAt,
        })
      : undefined;
  const { baseUrl } = options;
  const fresh = composeManifest({
    files,
    release,
    model: options.model ?? old?.model,
    description: options.description ?? old?.description,
    metadata: described ?? old?.metadata,
    createdAt,
    isRequired: (name) => !isOptional(name) && (old?.weights.get(name)?.required ?? true),
    locate: (name) => {
      if (baseUrl !== undefined) return [joinUrl(baseUrl, name)];
      // An index that lies beside the manifest; weights are published before anybody can fetch them.
      return name.endsWith(".chunks") ? [`./${name}`] : [];
    },
  });
  const manifest =
    old === undefined
      ? fresh
      : keepKnown(fresh, options.existing as ParsedManifest, files, baseUrl);
  return { manifest, files, folder };
}

/** Brings what the older manifest knows of unchanged files into the fresh one. */
function keepKnown(
  fresh: ParsedManifest,
  existing: ParsedManifest,
  files: readonly HashedFile[],
  baseUrl: string | undefined,
): ParsedManifest {
  const weights = new Map<string, WeightEntry>();
  for (const [name, entry] of fresh.manifest.weights) {
    const old = existing.manifest.weights.get(name);
    const kept = baseUrl === undefined && old?.checksum === entry.checksum ? old : undefined;
    weights.set(name, { ...kept, ...entry });
  }
  const manifest: Manifest = { ...fresh.manifest, weights };
  const before = existing.manifest;
  const same =
    weightDifferences(before, files).length === 0 &&
    before.version.startsWith("2.") &&
    JSON.stringify(withoutTimes(before)) === JSON.stringify(withoutTimes(manifest));
  return same ? existing : parseManifest(writeManifest(manifest));
}

/** What a manifest says, but for the times at which it was made. */
function withoutTimes({ weights, metadata, ...rest }: Manifest): unknown {
  return {
    head: sortedFields(rest, "created_at"),
    metadata: sortedFields(metadata ?? {}, "uploaded_at"),
    entries: [...weights].map(([name, entry]) => [name, sortedFields(entry)]),
  };
}

function sortedFields(object: object, except?: string): [string, unknown][] {
  return Object.entries(object)
    .filter(([key]) => key !== except)
    .sort(([a], [b]) => (a < b ? -1 : 1));
}
