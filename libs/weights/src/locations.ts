import { resolveUrl, type WeightEntry } from "@plimsoll/manifest";
import { WeightsError } from "./error.ts";
import type { SyncSource } from "./sync-source.ts";

/** What people leave in a manifest that was written by hand. */
const PLACEHOLDER = /YOUR[_-]USER(?:NAME)?/i;

export interface LocationOptions {
  /** Only what needs no network. */
  readonly offline?: boolean | undefined;
  /** The same bytes as this machine's token may have them, tried after the URL itself. */
  readonly withToken?: ((url: string) => string | undefined) | undefined;
}

/**
 * Where one file's bytes may be had, in the order in which they are tried: the store that the manifest itself lies in,
 * then `url` and `mirrors`. A manifest that was received over the network names no files of this machine.
 *
 * Throws `E_NOT_FOUND` where nothing is left, `E_NETWORK` where only `offline` stands in the way.
 */
export function locateEntry(
  name: string,
  entry: Pick<WeightEntry, "url" | "mirrors">,
  source: SyncSource,
  options: LocationOptions = {},
): string[] {
  const own = source.own?.(name);
  const named = [entry.url, ...(entry.mirrors ?? [])].filter((url) => url !== undefined);
  const resolved = named.map((url) => resolveUrl(url, source.base));
  const allowed = isLocal(source.base) ? resolved : resolved.filter((url) => !isLocal(url));
  const filled = allowed
    .filter((url) => !PLACEHOLDER.test(url) && !sendsToken(url))
    .flatMap((url) => [url, ...optional(options.withToken?.(url))]);
  const urls = [...new Set([...(own === undefined ? [] : [own]), ...filled])];
  if (urls.length === 0) throw nowhere(name, named, allowed);
  const usable = options.offline ? urls.filter(isLocal) : urls;
  if (usable.length > 0) return usable;
  throw new WeightsError(
    "E_NETWORK",
    `${name}: neither here nor in the cache, and the network may not be used (offline)`,
  );
}

/** True for a store whose token would go wherever a manifest says. */
function sendsToken(url: string): boolean {
  return /^(?:github:.*[?&]api|hf:.*[?&]endpoint)=/i.test(url);
}

function optional(url: string | undefined): readonly string[] {
  return url === undefined ? [] : [url];
}

/** True for a URL that is read without a network. */
export function isLocal(url: string): boolean {
  return /^file:/i.test(url);
}

function nowhere(name: string, named: readonly string[], allowed: readonly string[]): WeightsError {
  const why =
    named.length === 0
      ? "the manifest names no URL: publish it first, which writes the URL"
      : allowed.length === 0
        ? "a manifest from the network cannot name files of this machine: publish it to a store"
        : "its URL still has the placeholder YOUR_USERNAME: publish it, or put the real one in with plimsoll manifest rewrite";
  return new WeightsError("E_NOT_FOUND", `${name}: ${why}`);
}
