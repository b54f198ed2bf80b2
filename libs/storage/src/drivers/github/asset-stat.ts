import type { ObjectStat } from "../../driver.ts";
import type { Asset } from "./github-context.ts";

/** The room's view of an asset. Its id is the token: an asset's bytes never change. */
export function assetStat(key: string, asset: Asset): ObjectStat {
  // Absent on assets from before June 2025.
  const sha256 = /^sha256:([0-9a-f]{64})$/.exec(asset.digest ?? "")?.[1];
  return {
    key,
    size: asset.size,
    etag: `"${asset.id}"`,
    ...(sha256 === undefined ? {} : { sha256 }),
    modifiedAt: new Date(asset.updated_at),
  };
}
