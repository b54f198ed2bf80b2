export type {
  AdoptOptions,
  Cache,
  CacheCheck,
  CacheOptions,
  CacheStatus,
  CheckOptions,
  ClearResult,
  GcOptions,
  GcResult,
  IndexedBlob,
  Lease,
  Placement,
  PlaceOptions,
  Reservation,
  ReserveOptions,
} from "./cache.ts";
export { cacheDefaults, type LockTimes } from "./defaults.ts";
export { defaultCacheDir } from "./default-dir.ts";
export { CacheError, type CacheErrorCode } from "./error.ts";
export { holderState, newToken, type HolderState } from "./holder.ts";
export { besideTarget, tokenBeside } from "./layout.ts";
export { openCache } from "./open-cache.ts";
