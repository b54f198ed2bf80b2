import { HttpError } from "./http-error.ts";
import { showUrl, whyRefused } from "./web-address.ts";

const redirects = new Set([301, 302, 303, 307, 308]);

/** What the hops of one request may do. */
export interface HopRules {
  readonly maxRedirects: number;
  readonly allowHttp: boolean;
}

/**
 * Where an answer sends the reader, or `undefined` where it is none of those. Throws `E_REDIRECT` for a loop, for more
 * hops than allowed, and for a target that is not as safe as the way there: https → http, another scheme, a user or
 * password in the URL (rows N10, N11). `seen` holds the addresses so far, the last one the one that answered.
 */
export function nextHop(
  seen: readonly URL[],
  status: number,
  location: string | undefined,
  { maxRedirects, allowHttp }: HopRules,
): URL | undefined {
  if (!redirects.has(status)) return undefined;
  const from = seen[seen.length - 1];
  if (from === undefined) return undefined;
  const refuse = (text: string): HttpError =>
    new HttpError("E_REDIRECT", `${showUrl(from)}: ${text}`, { status, retryable: false });
  if (location === undefined) throw refuse(`${status} without a target`);
  if (!URL.canParse(location, from.href)) throw refuse(`${status} to what is no URL`);
  const to = new URL(location, from);
  to.hash = "";
  if (from.protocol === "https:" && to.protocol === "http:") {
    throw refuse(`sends from https to ${showUrl(to)}, which is not encrypted`);
  }
  const reason = whyRefused(to, allowHttp);
  if (reason !== undefined) throw refuse(`sends to ${showUrl(to)}: ${reason}`);
  if (seen.some((url) => url.href === to.href)) throw refuse(`sends in a circle to ${showUrl(to)}`);
  if (seen.length > maxRedirects) throw refuse(`more than ${maxRedirects} redirects`);
  return to;
}
