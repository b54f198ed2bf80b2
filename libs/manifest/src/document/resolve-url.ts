/**
 * The absolute URL of what a manifest names. `base` is where the manifest itself is: an absolute URL, `file:` for a path.
 * A relative URL is taken from the folder of `base`; the query of a store's URL (`s3://…?endpoint=…`), which holds the
 * store's options, goes with it, that of an `https:` URL (a signature, say) does not.
 *
 * Throws a `TypeError` when `base` is no URL.
 */
export function resolveUrl(url: string, base: string): string {
  if (URL.canParse(url)) return url;
  const from = new URL(base);
  const resolved = new URL(url, from);
  if (!/^(?:https?|file):$/.test(from.protocol)) resolved.search = from.search;
  return resolved.href;
}
