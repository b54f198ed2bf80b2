import { StorageError } from "../error.ts";
import type { Credentials } from "./credentials.ts";

/** Headers of a request that say nothing about the caller and may follow a redirect to another origin. */
const harmless = new Set(["accept", "accept-language", "cache-control", "user-agent"]);

/** Headers that this client sets itself; a caller cannot. */
const ours = new Set(["accept-encoding", "connection", "host", "if-range", "range"]);

/**
 * Credentials with their origins in normal form. Throws `E_USAGE` for a key that is no origin and for a header that
 * cannot be sent, without repeating its value.
 */
export function readCredentials(
  credentials: Credentials,
): ReadonlyMap<string, Record<string, string>> {
  const origins = new Map<string, Record<string, string>>();
  for (const [key, headers] of Object.entries(credentials)) {
    const url = URL.canParse(key) ? new URL(key) : undefined;
    const isOrigin = url !== undefined && /^https?:$/.test(url.protocol) && url.username === "";
    if (!isOrigin || url.pathname !== "/" || url.search !== "") {
      const text = "headers are named by origin, e.g. https://host.example";
      throw new StorageError("E_USAGE", `"${key.slice(0, 100)}": ${text}`);
    }
    const known = origins.get(url.origin) ?? {};
    for (const [name, value] of Object.entries(headers)) {
      const isSendable =
        /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/.test(name) && /^[\t\x20-\x7e]*$/.test(value);
      if (!isSendable) {
        const text = `header "${name}" cannot be sent: it is not plain text on one line`;
        throw new StorageError("E_USAGE", `${url.origin}: ${text}`);
      }
      known[name.toLowerCase()] = value;
    }
    origins.set(url.origin, known);
  }
  return origins;
}

/**
 * The headers of one hop. A secret goes to its own origin only, and what a caller added to a request goes to the first
 * origin, unless it is known to be harmless: Node's own fetch drops `authorization` and passes every other name on (N12).
 */
export function headersFor(
  url: URL,
  first: URL,
  asked: Readonly<Record<string, string>> | undefined,
  credentials: ReadonlyMap<string, Record<string, string>>,
): Record<string, string> {
  const headers: Record<string, string> = { accept: "*/*", "user-agent": "plimsoll" };
  for (const [name, value] of Object.entries(asked ?? {})) {
    const lower = name.toLowerCase();
    if (ours.has(lower)) continue;
    if (url.origin === first.origin || harmless.has(lower)) headers[lower] = value;
  }
  return { ...headers, ...credentials.get(url.origin), "accept-encoding": "identity" };
}
