import type { Clock } from "../clock.ts";
import { StorageError } from "../error.ts";
import { onAbort } from "../on-abort.ts";
import { HttpError } from "./http-error.ts";
import type { Connection, WireAnswer } from "./connection.ts";
import type { ConnectionPool } from "./connection-pool.ts";
import { networkError } from "./network-error.ts";
import type { OpenRequests } from "./open-requests.ts";
import type { ProxyAddress } from "./proxy-address.ts";
import { showUrl } from "./web-address.ts";

/** What one hop needs of its client. */
export interface ExchangeSettings {
  readonly clock: Clock;
  readonly connectTimeoutMs: number;
  readonly idleTimeoutMs: number;
  readonly pool: ConnectionPool;
  readonly open: OpenRequests;
}

/** One hop. */
export interface ExchangeRequest {
  readonly method: "GET" | "HEAD";
  readonly headers: Readonly<Record<string, string>>;
  readonly signal: AbortSignal | undefined;
  /** Why an address that the host's name leads to must not be connected to; asked before anything is sent. */
  readonly refuse?: ((address: string) => Error | undefined) | undefined;
}

/**
 * Sends one request and gives the answer's head, its body waiting in the socket. No redirect is followed. A kept
 * connection that turns out to be closed is replaced: that is no failure of the host.
 */
export async function exchange(
  url: URL,
  request: ExchangeRequest,
  settings: ExchangeSettings,
): Promise<WireAnswer> {
  const proxy = settings.pool.proxyOf(url);
  const text = requestText(url, request, proxy);
  for (;;) {
    try {
      return await attempt(url, text, request, settings);
    } catch (error) {
      if (!(error instanceof StaleConnection)) throw error;
    }
  }
}

/** Thrown where a reused connection was cut before the first byte of an answer. */
class StaleConnection extends Error {}

function attempt(
  url: URL,
  text: string,
  { method, signal, refuse }: ExchangeRequest,
  settings: ExchangeSettings,
): Promise<WireAnswer> {
  const { clock, connectTimeoutMs, idleTimeoutMs, pool, open } = settings;
  return new Promise((resolve, reject) => {
    signal?.throwIfAborted();
    let connection: Connection | undefined;
    let cancelTimer = (): void => undefined;
    let stopWaiting = (): void => undefined;
    const settle = (): void => {
      stopWaiting();
      cancelTimer();
      takeBack();
      forget();
    };
    const fail = (error: unknown): void => {
      settle();
      reject(error);
      connection?.destroy();
    };
    const takeBack = onAbort(signal, () => fail(signal?.reason));
    const forget = open.add(() => fail(closedError(url)));
    const limit = (ms: number, what: string): void => {
      cancelTimer();
      cancelTimer = clock.after(ms, () => fail(timeoutError(url, `${what} within ${ms / 1000} s`)));
    };

    const use = (taken: Connection): void => {
      connection = taken;
      const { isReused, socket, proxy } = taken;
      const isRefused = (address: string | undefined): boolean => {
        // Behind a proxy it is the proxy's, which is meant to be there.
        if (address === undefined || proxy !== undefined) return false;
        const refusal = refuse?.(address);
        if (refusal !== undefined) fail(refusal);
        return refusal !== undefined;
      };
      // The addresses that are connected to, not those of another look-up: a name may change its mind (row N13).
      if (isRefused(socket.remoteAddress)) return;
      if (!isReused) {
        socket.on("lookup", (_error: unknown, address: string) => isRefused(address));
      }
      if (isReused) limit(idleTimeoutMs, "no answer");
      else {
        // Counted from here, not from the call: a request may have waited for a free connection.
        limit(
          connectTimeoutMs,
          proxy === undefined ? "no connection" : `no way through the proxy ${proxy.label}`,
        );
        socket.once(url.protocol === "https:" ? "secureConnect" : "connect", () => {
          if (connection === taken) limit(idleTimeoutMs, "no answer");
        });
      }
      taken.send(text, {
        method,
        answered: (answer) => {
          settle();
          resolve(answer);
        },
        failed: (cause) => {
          const code = (cause as NodeJS.ErrnoException | undefined)?.code;
          const isCut = code === "ECONNRESET" || code === "EPIPE";
          fail(isReused && isCut ? new StaleConnection() : networkError(url, cause, proxy));
        },
      });
    };
    stopWaiting = pool.take(url, use);
  });
}

/** The request as it goes over the wire. Throws `E_USAGE` for characters that no header or path can hold. */
function requestText(
  url: URL,
  { method, headers }: ExchangeRequest,
  proxy: ProxyAddress | undefined,
): string {
  // Through a tunnel the host is spoken to as ever; a proxy for http is told which host is meant.
  const forwards = proxy !== undefined && url.protocol === "http:";
  const target = `${forwards ? url.origin : ""}${url.pathname}${url.search}`;
  if (!/^[\x21-\x7e]+$/.test(target)) {
    throw new StorageError("E_USAGE", `${showUrl(url)}: a path that cannot be asked for`);
  }
  const lines = [`${method} ${target} HTTP/1.1`, `Host: ${url.host}`, "Connection: keep-alive"];
  if (forwards && proxy.authorization !== undefined) {
    lines.push(`Proxy-Authorization: ${proxy.authorization}`);
  }
  for (const [name, value] of Object.entries(headers)) {
    // The value is not repeated: it may be a secret.
    if (!/^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/.test(name) || !/^[\t\x20-\x7e\x80-\xff]*$/.test(value)) {
      const what = `the header ${JSON.stringify(name)} has characters that cannot be sent`;
      throw new StorageError("E_USAGE", `${showUrl(url)}: ${what}`);
    }
    lines.push(`${name}: ${value}`);
  }
  return `${lines.join("\r\n")}\r\n\r\n`;
}

/** The host was silent for too long. */
export function timeoutError(url: URL, what: string): HttpError {
  return new HttpError("E_TIMEOUT", `${showUrl(url)}: ${what}`, { retryable: true });
}

/** The client was closed while a request was under way. */
export function closedError(url: URL): StorageError {
  return new StorageError("E_USAGE", `${showUrl(url)}: the connections were closed`);
}
