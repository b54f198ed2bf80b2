export { FetchError, type FetchErrorCode } from "./error.ts";
export { fetchDefaults, type FetchSettings } from "./fetch-defaults.ts";
export type {
  FetchChunk,
  Fetcher,
  FetchEvent,
  FetchOptions,
  FetchRequest,
  FetchResult,
  LocalFile,
} from "./fetch-request.ts";
export { fetchFile, openFetcher } from "./open-fetcher.ts";
