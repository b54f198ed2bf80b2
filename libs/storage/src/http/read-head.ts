import { parseContentRange } from "./content-range.ts";
import { HttpError } from "./http-error.ts";
import type { AnswerHead } from "./parse-head.ts";
import { showUrl } from "./web-address.ts";

/** What was asked for, as bytes; `end` undefined for "to the end". */
export interface AskedRange {
  readonly start: number;
  readonly end: number | undefined;
}

/** What the head of a 200 or 206 says about the body that follows. */
export interface ReplyHead {
  readonly status: 200 | 206;
  readonly etag: string | undefined;
  /** Bytes of the whole object, where it was said. */
  readonly totalBytes: number | undefined;
  /** Offset of the body's first byte. */
  readonly start: number;
  /** Bytes of the body, where it was said; a connection's close may also be what ends it (row N2). */
  readonly bodyBytes: number | undefined;
}

/**
 * Checks the head of an answer with status 200 or 206 against what was asked. Throws `E_RANGE` where a 206 is not
 * exactly the range asked for (row N6), `E_SIZE` where its length contradicts that, `E_NETWORK` for a body that is
 * encoded: a few KiB of gzip may unpack to gigabytes, and digests are of the bytes as published (row N9).
 */
export function readHead(
  url: URL,
  { status, headers }: AnswerHead,
  asked: AskedRange | undefined,
): ReplyHead {
  refuseEncoding(url, headers["content-encoding"], "identity");
  refuseEncoding(url, headers["transfer-encoding"], "chunked");
  const etag = strongEtag(headers["etag"]);
  const length = contentLength(headers["content-length"]);
  if (status !== 206) {
    return { status: 200, etag, totalBytes: length, start: 0, bodyBytes: length };
  }
  const range = parseContentRange(headers["content-range"]);
  if (range === undefined) {
    throw refuse(url, "E_RANGE", "206 without a range that can be read");
  }
  const { start, end, total } = range;
  if (!isAsked(range, asked)) {
    const wanted =
      asked === undefined ? "everything" : `${asked.start}-${(asked.end ?? Infinity) - 1}`;
    const text = `bytes ${start}-${end - 1}/${total ?? "*"} came where ${wanted} was asked for`;
    throw refuse(url, "E_RANGE", text);
  }
  if (length !== undefined && length !== end - start) {
    const text = `a length of ${length} was announced for a range of ${end - start} bytes`;
    throw refuse(url, "E_SIZE", text);
  }
  return { status: 206, etag, totalBytes: total, start, bodyBytes: end - start };
}

/** Exactly the range asked for; only where the object ends before may the range do so too. */
function isAsked(
  range: { readonly start: number; readonly end: number; readonly total: number | undefined },
  asked: AskedRange | undefined,
): boolean {
  if (asked === undefined || range.start !== asked.start) return false;
  if (range.end === asked.end) return true;
  if (range.total === undefined || range.end !== range.total) return false;
  return asked.end === undefined || asked.end > range.total;
}

function refuseEncoding(url: URL, header: string | undefined, allowed: string): void {
  const encoding = header?.trim().toLowerCase() ?? "";
  if (encoding === "" || encoding === allowed) return;
  throw refuse(url, "E_NETWORK", `the host sends the bytes encoded (${encoding.slice(0, 50)})`);
}

/** The header where it is a strong ETag (RFC 9110, 8.8.3): only such a one may stand in If-Range. */
function strongEtag(header: string | undefined): string | undefined {
  return header !== undefined && /^"[\x21\x23-\x7e\x80-\xff]*"$/.test(header) ? header : undefined;
}

function contentLength(header: string | undefined): number | undefined {
  return header !== undefined && /^\d{1,15}$/.test(header) ? Number(header) : undefined;
}

function refuse(url: URL, code: "E_RANGE" | "E_SIZE" | "E_NETWORK", text: string): HttpError {
  return new HttpError(code, `${showUrl(url)}: ${text}`, { retryable: false });
}
