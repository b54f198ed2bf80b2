import type { ModelConfig } from "../model-config.ts";

type Headers = Readonly<Record<string, string | undefined>>;

/** Value of a cookie in a `cookie` header (RFC 6265, 4.2.1). */
function cookie(header: string | undefined, name: string): string | undefined {
  for (const part of (header ?? "").split(";")) {
    const at = part.indexOf("=");
    if (at > 0 && part.slice(0, at).trim() === name) return part.slice(at + 1).trim();
  }
  return undefined;
}

/** What decides the version for this request; undefined where it says nothing, and the lot decides. */
export function stickyKey(traffic: ModelConfig["traffic"], headers: Headers): string | undefined {
  const header = traffic?.sticky_header;
  const byHeader = header === undefined ? undefined : headers[header.toLowerCase()];
  if (byHeader) return byHeader;
  const name = traffic?.sticky_cookie;
  return name === undefined ? undefined : cookie(headers["cookie"], name) || undefined;
}
