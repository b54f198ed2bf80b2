import type { Manifest, WeightEntry } from "./manifest.ts";
import { MIB } from "./size-mb.ts";

/** One weight file of a comparison. */
export interface DiffFile {
  readonly name: string;
  /** Bytes before; undefined for an added file and where the manifest says no size. */
  readonly before?: number;
  /** Bytes after; undefined for a removed file and where the manifest says no size. */
  readonly after?: number;
}

/** What has to happen to a folder that equals manifest `a` so that it equals `b`. Lists in the manifests' order. */
export interface ManifestDiff {
  readonly added: readonly DiffFile[];
  readonly removed: readonly DiffFile[];
  /** Other bytes, or bytes of which a manifest without checksums cannot say that they are the same. */
  readonly changed: readonly DiffFile[];
  readonly unchanged: readonly DiffFile[];
  /** Bytes to fetch: those of added and changed files, each digest once and none that `a` already has under another name. */
  readonly fetchBytes: number;
  /** Bytes of all files of `a` and of `b`. */
  readonly bytesBefore: number;
  readonly bytesAfter: number;
  /** False where a size is missing or known only from `size_mb`: the bytes are then an estimate. */
  readonly exact: boolean;
}

/** Compares what two manifests pin: names and digests, never URLs. Gives the files and the bytes that an update costs. */
export function diffManifests(a: Manifest, b: Manifest): ManifestDiff {
  const added: DiffFile[] = [];
  const changed: DiffFile[] = [];
  const unchanged: DiffFile[] = [];
  const held = new Set([...a.weights.values()].map((entry) => entry.checksum));
  let fetchBytes = 0;
  for (const [name, entry] of b.weights) {
    const old = a.weights.get(name);
    const file = describe(name, old, entry);
    if (old !== undefined && entry.checksum !== undefined && old.checksum === entry.checksum) {
      unchanged.push(file);
      continue;
    }
    (old === undefined ? added : changed).push(file);
    if (entry.checksum === undefined || !held.has(entry.checksum)) fetchBytes += file.after ?? 0;
    if (entry.checksum !== undefined) held.add(entry.checksum);
  }
  const removed = [...a.weights]
    .filter(([name]) => !b.weights.has(name))
    .map(([name, entry]) => describe(name, entry, undefined));
  const entries = [...a.weights.values(), ...b.weights.values()];
  return {
    added,
    removed,
    changed,
    unchanged,
    fetchBytes,
    bytesBefore: total(a),
    bytesAfter: total(b),
    exact: entries.every((entry) => entry.size !== undefined),
  };
}

function describe(
  name: string,
  old: WeightEntry | undefined,
  entry: WeightEntry | undefined,
): DiffFile {
  const before = old && bytesOf(old);
  const after = entry && bytesOf(entry);
  return {
    name,
    ...(before !== undefined && { before }),
    ...(after !== undefined && { after }),
  };
}

function total(manifest: Manifest): number {
  return [...manifest.weights.values()].reduce((sum, entry) => sum + (bytesOf(entry) ?? 0), 0);
}

function bytesOf(entry: WeightEntry): number | undefined {
  return entry.size ?? (entry.size_mb === undefined ? undefined : Math.round(entry.size_mb * MIB));
}
