import type { Socket } from "node:net";
import { connect as connectSecure } from "node:tls";

import { dial, secureSettings, type DialSettings } from "./dial.ts";
import type { ProxyAddress } from "./proxy-address.ts";
import { ProxyTunnel } from "./proxy-tunnel.ts";

/** What the socket reads into, once for each connection: the answer's bytes are never allocated. */
const readBytes = 65_536;

/** How to get through to a host. */
export interface Line extends DialSettings {
  readonly url: URL;
  readonly onSession: (session: Buffer) => void;
  readonly proxy: ProxyAddress | undefined;
}

/**
 * Opens a socket to the line's host, through its proxy where it has one. `read` gets what comes, valid during the call,
 * and says whether it wants more.
 */
export function openSocket(line: Line, read: (part: Buffer) => boolean): Socket {
  const { url, proxy, session } = line;
  const isSecure = url.protocol === "https:";
  if (proxy !== undefined && isSecure) return openTunnel(line, proxy, read);
  const buffer = Buffer.allocUnsafeSlow(readBytes);
  const callback = (count: number): boolean => read(buffer.subarray(0, count));
  const { secureContext, lookup } = line;
  // A proxy is asked for http as a host is, with the whole address in the request.
  const socket = dial(proxy?.url ?? url, {
    secureContext,
    lookup,
    onread: { buffer, callback },
    session: proxy === undefined ? session : undefined,
  });
  if (isSecure) socket.on("session", line.onSession);
  return socket;
}

/** TLS to the host inside a tunnel; slower than a socket of its own, since the bytes pass through Node twice. */
function openTunnel(line: Line, proxy: ProxyAddress, read: (part: Buffer) => boolean): Socket {
  const { url, session, secureContext } = line;
  const tunnel = new ProxyTunnel(url, proxy, dial(proxy.url, line));
  const socket = connectSecure({
    socket: tunnel,
    ...secureSettings(url, secureContext),
    ...(session === undefined ? {} : { session }),
  });
  socket.on("session", line.onSession);
  socket.on("data", (part: Buffer) => {
    if (!read(part)) socket.pause();
  });
  // Of a socket over a stream they would do nothing.
  socket.ref = () => (tunnel.setRef(true), socket);
  socket.unref = () => (tunnel.setRef(false), socket);
  return socket;
}
