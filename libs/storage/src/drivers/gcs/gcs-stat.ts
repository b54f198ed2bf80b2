import type { ObjectStat } from "../../driver.ts";

/** What the JSON API says of an object, as far as it is looked at. */
export interface GcsMetadata {
  readonly size?: string | number;
  readonly generation?: string | number;
  readonly updated?: string;
  readonly metadata?: Readonly<Record<string, unknown>>;
}

/** The generation is the etag: it is what conditional requests compare, and each content has its own. */
export function gcsStat(key: string, found: GcsMetadata): ObjectStat {
  const metadata = Object.fromEntries(
    Object.entries(found.metadata ?? {}).map(([name, value]) => [name, String(value)]),
  );
  const sha256 = metadata["sha256"];
  return {
    key,
    size: Number(found.size ?? 0),
    ...(found.generation === undefined ? {} : { etag: String(found.generation) }),
    ...(sha256 !== undefined && /^[0-9a-f]{64}$/.test(sha256) ? { sha256 } : {}),
    ...(found.updated === undefined ? {} : { modifiedAt: new Date(found.updated) }),
    metadata,
  };
}
