/** Status and headers of an answer. */
export interface AnswerHead {
  readonly status: number;
  /** Names in lower case; lines of one name joined by `, `, of those that may stand once the first. */
  readonly headers: Readonly<Record<string, string | undefined>>;
  /** Whether the host means to keep the connection. */
  readonly keepsConnection: boolean;
}

/** What came is no HTTP/1.1 answer. */
export class MalformedAnswer extends Error {}

/** The head of an answer is longer than this client reads. */
export class HeadTooLong extends Error {}

/** A second line of these is left out, as in Node's own client: they are no lists. */
const single = new Set([
  "age",
  "content-type",
  "etag",
  "expires",
  "last-modified",
  "location",
  "retry-after",
  "server",
]);

/**
 * Reads the head of an answer (RFC 9112, sections 4 and 5) without its empty line. Strict: what may be read in two ways
 * is refused, since a proxy in between may have read it in the other. Throws `MalformedAnswer`.
 */
export function parseHead(text: string): AnswerHead {
  const [first = "", ...lines] = text.split("\r\n");
  const status = /^HTTP\/1\.([01]) ([1-9]\d\d)(?: [^\r\n]*)?$/.exec(first);
  if (status === null) throw new MalformedAnswer("no status line");
  const headers = Object.create(null) as Record<string, string>;
  for (const line of lines) {
    // Control characters, folded lines and blanks before the colon included.
    const header = /^([!#$%&'*+\-.^_`|~0-9A-Za-z]+):[ \t]*([\t\x20-\x7e\x80-\xff]*)$/.exec(line);
    if (header === null) throw new MalformedAnswer("a header that cannot be read");
    const name = (header[1] ?? "").toLowerCase();
    const value = (header[2] ?? "").trimEnd();
    const before = headers[name];
    if (before === undefined) headers[name] = value;
    else if (!single.has(name)) headers[name] = `${before}, ${value}`;
  }
  const connection = (headers["connection"] ?? "").toLowerCase().split(/[ \t]*,[ \t]*/);
  const keepsConnection =
    status[1] === "1" ? !connection.includes("close") : connection.includes("keep-alive");
  return { status: Number(status[2]), headers, keepsConnection };
}
