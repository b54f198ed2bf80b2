import { isIPv4 } from "node:net";

import { StorageError } from "../error.ts";

/**
 * Whether a host name, as `URL.hostname` gives it, means this machine by itself. Names that have to be resolved do not
 * count, `localhost` excepted: an answer of a name server is not to decide whether bytes may travel in the clear.
 */
export function isLoopback(hostname: string): boolean {
  if (hostname === "localhost" || hostname.endsWith(".localhost")) return true;
  if (hostname === "[::1]") return true;
  return isIPv4(hostname) && hostname.startsWith("127.");
}

/**
 * Throws `E_USAGE` unless the URL is https, or http to this machine, or http at all with `allowHttp`; and for a user
 * name or password in it (row N11).
 */
export function checkWebAddress(url: URL, allowHttp: boolean): void {
  const reason = whyRefused(url, allowHttp);
  if (reason !== undefined) throw new StorageError("E_USAGE", `${showUrl(url)}: ${reason}`);
}

/** Why an address must not be asked, or undefined. */
export function whyRefused(url: URL, allowHttp: boolean): string | undefined {
  if (url.username !== "" || url.password !== "") return "no user name or password in a URL";
  if (url.protocol === "https:") return undefined;
  if (url.protocol !== "http:") return `${url.protocol}// is not https`;
  if (allowHttp || isLoopback(url.hostname)) return undefined;
  return "http:// is not encrypted and only taken for this machine; use https:// or --allow-http";
}

/** A URL for messages and logs: without user, password and query, since a signature in those is a secret. */
export function showUrl(url: URL | string): string {
  const parsed = typeof url === "string" ? (URL.canParse(url) ? new URL(url) : undefined) : url;
  if (parsed === undefined) return "(not a URL)";
  const origin = parsed.origin === "null" ? `${parsed.protocol}//${parsed.host}` : parsed.origin;
  return `${origin}${parsed.pathname}${parsed.search === "" ? "" : "?…"}`;
}
