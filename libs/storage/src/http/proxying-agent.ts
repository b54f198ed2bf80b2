import { Agent, type AgentOptions } from "node:https";
import type { Duplex } from "node:stream";
import { connect, createSecureContext, type ConnectionOptions } from "node:tls";

import { dial } from "./dial.ts";
import { proxyFor } from "./proxy-address.ts";
import { ProxyTunnel } from "./proxy-tunnel.ts";

/** Where a request of `node:https` goes. */
interface Target extends ConnectionOptions {
  readonly host?: string;
  readonly port?: number;
}

/** An agent for SDKs that speak through `node:https`: it takes the proxy that the environment names for a host. */
export class ProxyingAgent extends Agent {
  readonly #env: Readonly<Record<string, string | undefined>>;

  constructor(options: AgentOptions, env: Readonly<Record<string, string | undefined>>) {
    super(options);
    this.#env = env;
  }

  override createConnection(
    options: Target,
    callback?: (error: Error | null, stream: Duplex) => void,
  ): Duplex | null | undefined {
    const { host = "localhost", port = 443 } = options;
    const url = new URL(`https://${host.includes(":") ? `[${host}]` : host}:${port}`);
    const proxy = proxyFor(url, this.#env);
    if (proxy === undefined) return super.createConnection(options, callback);
    // The SDK's own limit on connecting sees a socket that connects: the tunnel's.
    const way = dial(proxy.url, { secureContext: createSecureContext, lookup: undefined });
    return connect({ ...options, socket: new ProxyTunnel(url, proxy, way) });
  }
}
