import { createSecureContext, rootCertificates, type SecureContext } from "node:tls";

import { systemClock } from "../clock.ts";
import { StorageError } from "../error.ts";
import { checkRange } from "../range.ts";
import type { WireAnswer } from "./connection.ts";
import { reachOf, type Reach } from "./address-reach.ts";
import { ConnectionPool } from "./connection-pool.ts";
import { exchange, type ExchangeSettings } from "./exchange.ts";
import type { HttpClient, HttpClientOptions, HttpReply, HttpRequest } from "./http-client.ts";
import { httpDefaults } from "./http-defaults.ts";
import { HttpError } from "./http-error.ts";
import { nextHop } from "./next-hop.ts";
import { openRequests } from "./open-requests.ts";
import { headersFor, readCredentials } from "./origin-headers.ts";
import { proxyFor } from "./proxy-address.ts";
import { proxyError } from "./proxy-error.ts";
import { readHead, type AskedRange } from "./read-head.ts";
import { replyBody } from "./reply-body.ts";
import { statusError } from "./status-error.ts";
import { checkWebAddress, showUrl } from "./web-address.ts";

/** A body of a redirect or a refusal that is not longer is read and dropped, which keeps the connection. */
const droppedBytes = 16 * 1024;

/**
 * Opens an HTTP(S) client with connections of its own. Each request throws `HttpError` with what a retry needs to know,
 * or the signal's reason; it is not retried here. Throws `E_USAGE` for headers that cannot be sent and, in production,
 * while NODE_TLS_REJECT_UNAUTHORIZED is 0 (row N16); elsewhere that setting has no effect on this client.
 */
export function httpClient(options: HttpClientOptions = {}): HttpClient {
  const {
    allowHttp = false,
    clock = systemClock,
    env = process.env,
    reach = remembered(reachOf),
  } = options;
  const settings = { ...httpDefaults, ...options, allowHttp, clock };
  if (env["NODE_ENV"] === "production" && env["NODE_TLS_REJECT_UNAUTHORIZED"] === "0") {
    const text = "NODE_TLS_REJECT_UNAUTHORIZED=0 turns certificates off; unset it in production";
    throw new StorageError("E_USAGE", text);
  }
  const credentials = readCredentials(options.credentials ?? {});
  const open = openRequests();
  const ca = options.ca === undefined ? {} : { ca: [...rootCertificates, options.ca] };
  let context: SecureContext | undefined;
  // One for all connections: the certificates of all authorities are read once, not for each of them.
  const secureContext = (): SecureContext => (context ??= createSecureContext(ca));
  const { lookup, proxyOf = (url: URL) => proxyFor(url, env) } = options;
  const pool = new ConnectionPool({ ...settings, secureContext, lookup, proxyOf });
  const hops: ExchangeSettings = { ...settings, pool, open };
  let isClosed = false;

  async function request(address: string, asked: HttpRequest = {}): Promise<HttpReply> {
    const { method = "GET", signal } = asked;
    signal?.throwIfAborted();
    const first = parseAddress(address);
    checkWebAddress(first, allowHttp);
    if (isClosed) {
      throw new StorageError("E_USAGE", `${showUrl(first)}: the connections were closed`);
    }
    const range = askedRange(asked, first);
    const seen = [first];
    let from: Reach | undefined;
    for (;;) {
      const url = seen[seen.length - 1] ?? first;
      const headers = headersFor(url, first, asked.headers, credentials);
      if (range !== undefined) headers["range"] = rangeHeader(range);
      if (range !== undefined && asked.ifRange !== undefined) headers["if-range"] = asked.ifRange;
      const refuse = reachRule(url, from, reach, credentials.has(url.origin));
      const answer = await exchange(url, { method, headers, signal, refuse }, hops);
      const { status } = answer;
      const proxy = pool.proxyOf(url);
      // What a proxy leads to is told by nobody: taken for public, so that nothing private follows from it (row N13).
      if (proxy !== undefined) from = "public";
      else if (answer.address !== undefined) from = reach(answer.address);
      if (status === 200 || status === 206) return reply(url, answer, asked, range);
      drop(answer);
      if (proxy !== undefined && status === 407) throw proxyError(url, proxy, status);
      const next = nextHop(seen, status, answer.headers["location"], settings);
      if (next === undefined) throw statusError(url, answer, clock.now());
      seen.push(next);
    }
  }

  function reply(
    url: URL,
    answer: WireAnswer,
    { method, signal }: HttpRequest,
    range: AskedRange | undefined,
  ): HttpReply {
    try {
      const { bodyBytes, ...head } = readHead(url, answer, range);
      const expectedBytes = method === "HEAD" ? 0 : bodyBytes;
      const rules = { ...settings, url, expectedBytes, signal, open };
      const { headers } = answer;
      return { ...head, finalUrl: url.href, headers, ...replyBody(answer, rules) };
    } catch (error) {
      answer.destroy();
      throw error;
    }
  }

  return {
    request,
    close() {
      isClosed = true;
      open.endAll();
      pool.close();
    },
  };
}

/** Looking an address up in the registries costs more than a small file's request. */
function remembered<Result>(find: (text: string) => Result): (text: string) => Result {
  const known = new Map<string, Result>();
  return (text) => {
    const found = known.get(text) ?? find(text);
    known.set(text, found);
    return found;
  };
}

/**
 * What the host's name may not lead to, row N13: never an address of this link, where clouds keep credentials, and no
 * address of one's own networks on the word of a public host. Origins that are configured may be anywhere.
 */
function reachRule(
  url: URL,
  from: Reach | undefined,
  reach: (address: string) => Reach | undefined,
  isConfigured: boolean,
): ((address: string) => Error | undefined) | undefined {
  if (isConfigured) return undefined;
  const refuse = (address: string): Error | undefined => {
    const to = reach(address);
    if (to !== "link" && !(from === "public" && to === "private")) return undefined;
    const text = `leads to ${address}, ${to === "link" ? "an address of this link" : "an address of a private network"}`;
    const way = "name its origin under headers in the config if that is meant";
    return new HttpError("E_REDIRECT", `${showUrl(url)}: ${text}: ${way}`, { retryable: false });
  };
  // A literal address is looked up by nobody.
  const literal = refuse(url.hostname);
  if (literal !== undefined) throw literal;
  return refuse;
}

function parseAddress(address: string): URL {
  if (!URL.canParse(address)) {
    throw new StorageError("E_USAGE", `"${address.replace(/\?.*$/s, "?…").slice(0, 200)}": no URL`);
  }
  const url = new URL(address);
  url.hash = "";
  return url;
}

function askedRange({ start, end }: HttpRequest, url: URL): AskedRange | undefined {
  if (start === undefined && end === undefined) return undefined;
  checkRange(start, end, showUrl(url));
  const from = start ?? 0;
  if (end === from) {
    throw new StorageError("E_RANGE", `${showUrl(url)}: no request can ask for an empty range`);
  }
  return { start: from, end };
}

function rangeHeader({ start, end }: AskedRange): string {
  return `bytes=${start}-${end === undefined ? "" : end - 1}`;
}

/** Gets rid of an answer whose body nobody wants: a short one is passed over, for a long one the connection is given up. */
function drop(answer: WireAnswer): void {
  let left = droppedBytes;
  answer.start({
    data(part) {
      left -= part.length;
      if (left < 0) answer.destroy();
    },
    end: () => undefined,
    cut: () => undefined,
  });
}
