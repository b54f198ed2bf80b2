import {
  type JsonObject,
  type Manifest,
  parseManifest,
  type ParsedManifest,
  type WeightEntry,
  writeManifest,
} from "@plimsoll/manifest";

/** Bytes that are in the app's folder now. */
export interface ReceivedFile {
  readonly name: string;
  readonly size: number;
  /** Hex. */
  readonly sha256: string;
}

/**
 * The 2.0 manifest of a document without digests (`WEIGHTS_URLS.json`), with the digests of what was received: from
 * here on these bytes are pinned. Undefined where a file is still without one.
 */
export function pinReceived(
  parsed: ParsedManifest,
  received: readonly ReceivedFile[],
  createdAt: Date,
): ParsedManifest | undefined {
  const facts = new Map(received.map((file) => [file.name, file]));
  const weights = new Map<string, WeightEntry>();
  for (const [name, entry] of parsed.manifest.weights) {
    const fact = facts.get(name);
    const checksum = entry.checksum ?? fact?.sha256;
    const size = entry.size ?? fact?.size;
    if (checksum === undefined || size === undefined) return undefined;
    weights.set(name, { ...entry, checksum, algorithm: "sha256", size });
  }
  const note = (parsed.document as JsonObject)["note"];
  const description = parsed.manifest.description ?? (typeof note === "string" ? note : undefined);
  const manifest: Manifest = {
    ...parsed.manifest,
    version: "2.0",
    ...(description !== undefined && { description: description.slice(0, 4096) }),
    created_at: `${createdAt.toISOString().slice(0, 19)}Z`,
    weights,
  };
  return parseManifest(writeManifest(manifest));
}
