import type { LookupFunction } from "node:net";

import type { Clock } from "../clock.ts";
import type { Credentials } from "./credentials.ts";
import type { ProxyAddress } from "./proxy-address.ts";

/** Settings of a client; every field has a default, see `httpDefaults`. */
export interface HttpClientOptions {
  readonly credentials?: Credentials;
  /** `http://` to a host that is not loopback; default false. */
  readonly allowHttp?: boolean;
  /** Default 5. */
  readonly maxRedirects?: number;
  /** Until the connection stands; default 10,000. */
  readonly connectTimeoutMs?: number;
  /** Longest silence on an open connection; default 30,000. */
  readonly idleTimeoutMs?: number;
  /** A body slower than this over `slowWindowMs` is given up; default 1,024. */
  readonly minBytesPerSecond?: number;
  /** Default 60,000. */
  readonly slowWindowMs?: number;
  /** Connections kept per origin; default 16. */
  readonly maxSockets?: number;
  /** PEM of further certificate authorities, for tests and private hosts. */
  readonly ca?: string;
  /** Default: the machine's. */
  readonly clock?: Clock;
  /** How far an address reaches, for rules about redirects; default by IANA's registries. Tests have only loopback. */
  readonly reach?: (address: string) => "public" | "private" | "link" | undefined;
  /** Finds the addresses of a name; default the machine's. */
  readonly lookup?: LookupFunction;
  /** The proxy for a URL, if any; default what `env` names for it, see `proxyFor`. Asked once for each origin. */
  readonly proxyOf?: (url: URL) => ProxyAddress | undefined;
  /**
   * Asked for NODE_ENV, NODE_TLS_REJECT_UNAUTHORIZED, HTTPS_PROXY, HTTP_PROXY, ALL_PROXY and NO_PROXY; default the
   * process's environment.
   */
  readonly env?: Readonly<Record<string, string | undefined>>;
}

export interface HttpRequest {
  readonly method?: "GET" | "HEAD";
  /** First byte wanted; with `end` absent to the end of the object. */
  readonly start?: number;
  /** Byte after the last one wanted. */
  readonly end?: number;
  /**
   * A strong ETag: sent as If-Range with a range, so that a changed object answers 200 (row N7). A host may ignore it:
   * compare the reply's own `etag`.
   */
  readonly ifRange?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly signal?: AbortSignal;
}

/**
 * One answer. Redirects have been followed, `Content-Encoding` other than identity refused (row N9), and for a 206 the
 * Content-Range has been checked against what was asked (row N6). Other statuses than 200 and 206 are thrown as an
 * `HttpError`.
 */
export interface HttpReply {
  readonly status: 200 | 206;
  /** After redirects. Never store it: it may be signed and short-lived. */
  readonly finalUrl: string;
  readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>;
  /** Strong ETag, else undefined. */
  readonly etag: string | undefined;
  /** Bytes of the whole object, where the host said so. */
  readonly totalBytes: number | undefined;
  /** Offset of the body's first byte in the object: 0 for a 200. */
  readonly start: number;
  /**
   * To be read once. Buffers are the caller's own: they are not reused. Ends early or late never: both are `E_NETWORK` /
   * `E_SIZE`, unless the head named no length; then `totalBytes` is undefined and only the caller can tell (row N2).
   * Leaving it early, or leaving it unread for `idleTimeoutMs`, gives up the connection.
   */
  readonly body: AsyncIterable<Buffer>;
  /**
   * Reads the body without copying it, in place of `body`: `take` gets one part after another, each valid during the
   * call only. A promise that it gives holds the host until it resolves. Throws what reading `body` throws, and what
   * `take` throws.
   */
  readonly pump: (take: (part: Buffer) => Promise<void> | undefined) => Promise<void>;
}

/** A keep-alive HTTP(S) client for reading. One per run: connections are shared between all files. */
export interface HttpClient {
  /** Throws `HttpError`; `StorageError` with `E_USAGE` for what cannot be asked; the reason of a signal that fired. */
  request(url: string, request?: HttpRequest): Promise<HttpReply>;
  close(): void;
}
