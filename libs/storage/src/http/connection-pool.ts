import { Connection } from "./connection.ts";
import type { DialSettings } from "./dial.ts";
import type { ProxyAddress } from "./proxy-address.ts";

/** How a pool connects. */
export interface PoolSettings extends DialSettings {
  /** For each origin. */
  readonly maxSockets: number;
  readonly proxyOf: (url: URL) => ProxyAddress | undefined;
}

interface Origin {
  /** Waiting for a request; the last one used is the first one taken. */
  readonly idle: Connection[];
  readonly waiting: Set<(connection: Connection) => void>;
  /** All of them, idle or not. */
  readonly open: Set<Connection>;
  session: Buffer | undefined;
  readonly proxy: ProxyAddress | undefined;
}

/** Connections that are kept for the next request, at most `maxSockets` for each origin. */
export class ConnectionPool {
  readonly #settings: PoolSettings;
  readonly #origins = new Map<string, Origin>();

  constructor(settings: PoolSettings) {
    this.#settings = settings;
  }

  /** The proxy that connections to a URL's host lead through. Throws `E_USAGE` where that is badly set. */
  proxyOf(url: URL): ProxyAddress | undefined {
    return this.#origin(url).proxy;
  }

  /** Gives a connection to `use`, perhaps one that does not stand yet, as soon as one is free. The result takes the wish back. */
  take(url: URL, use: (connection: Connection) => void): () => void {
    const origin = this.#origin(url);
    const idle = origin.idle.pop();
    if (idle !== undefined) {
      idle.isReused = true;
      idle.socket.ref();
      use(idle);
    } else if (origin.open.size < this.#settings.maxSockets) use(this.#open(url, origin));
    else origin.waiting.add(use);
    return () => void origin.waiting.delete(use);
  }

  /** Ends every connection. */
  close(): void {
    for (const { open, waiting } of this.#origins.values()) {
      waiting.clear();
      for (const connection of open) connection.destroy();
    }
  }

  #origin(url: URL): Origin {
    let origin = this.#origins.get(url.origin);
    if (origin === undefined) {
      const proxy = this.#settings.proxyOf(url);
      origin = { idle: [], waiting: new Set(), open: new Set(), session: undefined, proxy };
      this.#origins.set(url.origin, origin);
    }
    return origin;
  }

  #open(url: URL, origin: Origin): Connection {
    const connection = new Connection({
      ...this.#settings,
      url,
      proxy: origin.proxy,
      session: origin.session,
      onSession: (session) => {
        origin.session = session;
      },
    });
    origin.open.add(connection);
    connection.onFree = (isUsable) => {
      if (isUsable) this.#pass(connection, origin);
    };
    connection.socket.once("close", () => {
      origin.open.delete(connection);
      const index = origin.idle.indexOf(connection);
      if (index >= 0) origin.idle.splice(index, 1);
      const [next] = origin.waiting;
      if (next === undefined || origin.open.size >= this.#settings.maxSockets) return;
      origin.waiting.delete(next);
      next(this.#open(url, origin));
    });
    return connection;
  }

  #pass(connection: Connection, origin: Origin): void {
    const [next] = origin.waiting;
    if (next !== undefined) {
      origin.waiting.delete(next);
      connection.isReused = true;
      next(connection);
      return;
    }
    // Does not keep the process alive.
    connection.socket.unref();
    origin.idle.push(connection);
  }
}
