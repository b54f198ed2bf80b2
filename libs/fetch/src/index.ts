export { FetchError, type FetchErrorCode } from "./error.ts";
export { fetchDefaults, type FetchSettings } from "./fetch-defaults.ts";
export type {
  Fetcher,
  FetchEvent,
  FetchOptions,
  FetchRequest,
  FetchResult,
} from "./fetch-request.ts";
export { fetchFile, openFetcher } from "./open-fetcher.ts";
