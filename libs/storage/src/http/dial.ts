import { connect as connectPlain, isIP, type LookupFunction, type Socket } from "node:net";
import { connect as connectSecure, type SecureContext } from "node:tls";

/** How to connect to a host by its own address. */
export interface DialSettings {
  readonly secureContext: () => SecureContext;
  /** Finds the addresses of a name; default the machine's. */
  readonly lookup: LookupFunction | undefined;
  /** Of an earlier connection to the same origin, which saves half of the handshake. */
  readonly session?: Buffer | undefined;
  /** Reads into one buffer in place of events; `callback` says whether it wants more. */
  readonly onread?: { readonly buffer: Buffer; readonly callback: (count: number) => boolean };
}

/**
 * How long one address of a host is tried while it has others. Node gives an address up then and does not come back to
 * it, so that its own 250 ms would make a slow line to a host with two addresses fail.
 */
const addressMs = 1000;

/**
 * Connects to the host of a URL, with TLS where its scheme says so. Of several addresses the next is tried when one
 * refuses or is silent, so that a broken IPv6 costs a second at most and is no failure (row N21).
 */
export function dial(url: URL, { secureContext, lookup, session, onread }: DialSettings): Socket {
  const host = url.hostname.replace(/^\[|\]$/g, "");
  const isSecure = url.protocol === "https:";
  const settings = {
    host,
    port: Number(url.port || (isSecure ? 443 : 80)),
    keepAlive: true,
    keepAliveInitialDelay: 30_000,
    autoSelectFamily: true,
    autoSelectFamilyAttemptTimeout: addressMs,
    ...(lookup === undefined ? {} : { lookup }),
    ...(onread === undefined ? {} : { onread }),
  };
  if (!isSecure) return connectPlain(settings);
  return connectSecure({
    ...settings,
    ...secureSettings(url, secureContext),
    ...(session === undefined ? {} : { session }),
  });
}

/** What TLS is told about the host of a URL. */
export function secureSettings(url: URL, secureContext: () => SecureContext): object {
  return {
    // An address is no server name (RFC 6066).
    ...(isIP(url.hostname.replace(/^\[|\]$/g, "")) === 0 ? { servername: url.hostname } : {}),
    ALPNProtocols: ["http/1.1"],
    rejectUnauthorized: true,
    secureContext: secureContext(),
  };
}
