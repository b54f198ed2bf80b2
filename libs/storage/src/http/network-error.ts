import { HttpError } from "./http-error.ts";
import { HeadTooLong, MalformedAnswer } from "./parse-head.ts";
import type { ProxyAddress } from "./proxy-address.ts";
import { proxyError, ProxyRefused } from "./proxy-error.ts";
import { showUrl } from "./web-address.ts";

/** What the codes of sockets and name servers mean for a person. */
const meanings: Readonly<Record<string, string>> = {
  ENOTFOUND: "no such host; check the name and the network",
  EAI_AGAIN: "the name server does not answer",
  ECONNREFUSED: "nobody listens there",
  ECONNRESET: "the connection was cut",
  EPIPE: "the connection was cut",
  ETIMEDOUT: "no answer from the host",
  EHOSTUNREACH: "the host cannot be reached",
  ENETUNREACH: "the network cannot be reached",
};

/** Codes of OpenSSL and of Node's own check of a certificate. */
const certificateCodes =
  /^(?:ERR_TLS_|ERR_SSL_|CERT_|DEPTH_ZERO_|SELF_SIGNED_|UNABLE_TO_|HOSTNAME_MISMATCH|INVALID_CA|INVALID_PURPOSE|EPROTO$)/;

/** An error of the connection as this room's. Refused and cut connections may be retried, a bad certificate may not (N15, N16). */
export function networkError(url: URL, cause: unknown, proxy?: ProxyAddress): HttpError {
  if (proxy !== undefined && cause instanceof ProxyRefused) {
    return proxyError(url, proxy, cause.status);
  }
  const { code, message, errors } = cause as NodeJS.ErrnoException & {
    errors?: readonly unknown[];
  };
  // Several addresses were tried and each failed: the first one's reason stands for them.
  if (errors !== undefined && errors.length > 0 && code === undefined) {
    return networkError(url, errors[0], proxy);
  }
  const where = `${showUrl(url)}${proxy === undefined ? "" : ` through the proxy ${proxy.label}`}`;
  if (code !== undefined && certificateCodes.test(code)) {
    const text = `${where}: the host's certificate cannot be trusted (${code}); check this machine's clock, or name a private authority with NODE_EXTRA_CA_CERTS`;
    return new HttpError("E_NETWORK", text, { retryable: false }, { cause });
  }
  if (cause instanceof HeadTooLong) {
    const text = `${where}: the answer's headers are larger than 16 KiB, which is refused`;
    return new HttpError("E_NETWORK", text, { retryable: false }, { cause });
  }
  const parse = cause instanceof MalformedAnswer ? `the answer is no HTTP: ${message}` : undefined;
  const meaning = meanings[code ?? ""] ?? parse ?? (message || "the connection failed");
  const text = `${where}: ${meaning}${code === undefined ? "" : ` (${code})`}`;
  return new HttpError("E_NETWORK", text, { retryable: true }, { cause });
}
