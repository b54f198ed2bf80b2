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
  Lease,
  Placement,
  PlaceOptions,
  Reservation,
  ReserveOptions,
} from "./cache.ts";
export { defaultCacheDir } from "./default-dir.ts";
export { CacheError, type CacheErrorCode } from "./error.ts";
export { gcDefaults } from "./gc.ts";
export { lockDefaults, type LockTimes } from "./lock.ts";
export { openCache } from "./open-cache.ts";
export { reserveDefaults } from "./reserve.ts";
