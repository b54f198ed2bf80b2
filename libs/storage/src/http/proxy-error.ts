import { HttpError } from "./http-error.ts";
import type { ProxyAddress } from "./proxy-address.ts";
import { showUrl } from "./web-address.ts";

/** A proxy did not open the way to a host. */
export class ProxyRefused extends Error {
  /** What it answered. */
  readonly status: number;

  constructor({ label }: ProxyAddress, status: number) {
    super(`the proxy ${label} answered ${status}`);
    this.status = status;
  }
}

/** What a proxy's own answer means for the caller. Only those of a busy proxy, or of one that got no answer, may pass. */
export function proxyError(url: URL, { label }: ProxyAddress, status: number): HttpError {
  const where = `${showUrl(url)}: the proxy ${label}`;
  if (status === 407) {
    const text = `${where} wants a user and a password (407); name them in the variable: http://user:password@host:port`;
    return new HttpError("E_AUTH", text, { status, retryable: false });
  }
  const retryable = status === 429 || status >= 500;
  const way = retryable ? "it cannot reach the host now" : "ask who runs it, or set NO_PROXY";
  return new HttpError("E_NETWORK", `${where} refuses (${status}): ${way}`, { status, retryable });
}
