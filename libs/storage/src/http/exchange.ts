import http, { type ClientRequest, type IncomingMessage } from "node:http";
import https from "node:https";
import type { Socket } from "node:net";

import type { Clock } from "../clock.ts";
import { StorageError } from "../error.ts";
import { onAbort } from "../on-abort.ts";
import { HttpError } from "./http-error.ts";
import { networkError } from "./network-error.ts";
import type { OpenRequests } from "./open-requests.ts";
import { showUrl } from "./web-address.ts";

/** What one hop needs of its client. */
export interface ExchangeSettings {
  readonly clock: Clock;
  readonly connectTimeoutMs: number;
  readonly idleTimeoutMs: number;
  readonly agents: { readonly http: http.Agent; readonly https: https.Agent };
  readonly open: OpenRequests;
}

/** One hop. */
export interface ExchangeRequest {
  readonly method: "GET" | "HEAD";
  readonly headers: Readonly<Record<string, string>>;
  readonly signal: AbortSignal | undefined;
}

/** Connections that have stood before: no connect to wait for, and the host may have closed them unseen. */
const connected = new WeakSet<Socket>();

/**
 * Sends one request and gives the answer's head, its body waiting in the socket. No redirect is followed. A kept
 * connection that turns out to be closed is replaced: that is no failure of the host.
 */
export async function exchange(
  url: URL,
  request: ExchangeRequest,
  settings: ExchangeSettings,
): Promise<IncomingMessage> {
  for (;;) {
    try {
      return await attempt(url, request, settings);
    } catch (error) {
      if (!(error instanceof StaleConnection)) throw error;
    }
  }
}

/** Thrown where a reused connection was cut before the first byte of an answer. */
class StaleConnection extends Error {}

function attempt(
  url: URL,
  { method, headers, signal }: ExchangeRequest,
  settings: ExchangeSettings,
): Promise<IncomingMessage> {
  const { clock, connectTimeoutMs, idleTimeoutMs, agents, open } = settings;
  return new Promise((resolve, reject) => {
    signal?.throwIfAborted();
    let isReused = false;
    let hasAnswer = false;
    let cancelTimer = (): void => undefined;
    const request = send(url, method, headers, agents);
    const settle = (): void => {
      cancelTimer();
      takeBack();
      forget();
    };
    const fail = (error: unknown): void => {
      settle();
      reject(error);
      request.destroy();
    };
    const takeBack = onAbort(signal, () => fail(signal?.reason));
    const forget = open.add(() => fail(closedError(url)));
    const limit = (ms: number, what: string): void => {
      cancelTimer();
      cancelTimer = clock.after(ms, () => fail(timeoutError(url, `${what} within ${ms / 1000} s`)));
    };

    request.on("socket", (socket) => {
      isReused = connected.has(socket);
      if (isReused) {
        limit(idleTimeoutMs, "no answer");
        return;
      }
      // Counted from here, not from the call: a request may have waited for a free connection.
      limit(connectTimeoutMs, "no connection");
      socket.once(url.protocol === "https:" ? "secureConnect" : "connect", () => {
        connected.add(socket);
        limit(idleTimeoutMs, "no answer");
      });
    });
    request.on("response", (message) => {
      hasAnswer = true;
      settle();
      resolve(message);
    });
    request.on("error", (error: NodeJS.ErrnoException) => {
      // What happens after the answer's head is the body's matter; this listener stays only to hear it.
      if (hasAnswer) return;
      const isCut = error.code === "ECONNRESET" || error.code === "EPIPE";
      fail(isReused && isCut ? new StaleConnection() : networkError(url, error));
    });
    request.end();
  });
}

function send(
  url: URL,
  method: string,
  headers: Readonly<Record<string, string>>,
  agents: ExchangeSettings["agents"],
): ClientRequest {
  try {
    return url.protocol === "https:"
      ? https.request(url, { method, headers, agent: agents.https })
      : http.request(url, { method, headers, agent: agents.http });
  } catch (cause) {
    // Node refuses characters that no header or path can hold; its message repeats no value.
    throw new StorageError("E_USAGE", `${showUrl(url)}: ${(cause as Error).message}`);
  }
}

/** The host was silent for too long. */
export function timeoutError(url: URL, what: string): HttpError {
  return new HttpError("E_TIMEOUT", `${showUrl(url)}: ${what}`, { retryable: true });
}

/** The client was closed while a request was under way. */
export function closedError(url: URL): StorageError {
  return new StorageError("E_USAGE", `${showUrl(url)}: the connections were closed`);
}
