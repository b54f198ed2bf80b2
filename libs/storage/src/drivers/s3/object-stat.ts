import type { ObjectStat } from "../../driver.ts";

/** Our own metadata entry that carries the SHA-256, hex. */
export const digestEntry = "sha256";

/** What the answer to a HEAD or GET says of an object. */
export interface ObjectHead {
  readonly ETag?: string | undefined;
  readonly LastModified?: Date | undefined;
  readonly Metadata?: Record<string, string> | undefined;
}

/** The room's view of an object. The digest is our own entry: what the writer stated, not what the host computed. */
export function objectStat(key: string, size: number, head: ObjectHead): ObjectStat {
  const metadata: Record<string, string> = {};
  for (const [name, value] of Object.entries(head.Metadata ?? {})) {
    metadata[name.toLowerCase()] = value;
  }
  const { [digestEntry]: sha256, ...rest } = metadata;
  const etag = quoted(head.ETag);
  return {
    key,
    size,
    ...(etag === undefined ? {} : { etag }),
    ...(sha256 !== undefined && /^[0-9a-f]{64}$/.test(sha256) ? { sha256 } : {}),
    ...(head.LastModified === undefined ? {} : { modifiedAt: head.LastModified }),
    ...(head.Metadata === undefined ? {} : { metadata: rest }),
  };
}

/** An ETag in its quotes: some answers of some hosts leave them out. Empty ones count as absent. */
export function quoted(etag: string | undefined): string | undefined {
  const bare = etag?.replaceAll('"', "");
  return bare ? `"${bare}"` : undefined;
}
