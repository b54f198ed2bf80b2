import { createHash } from "node:crypto";
import { gzipSync } from "node:zlib";
import type { Fault } from "./fault.ts";
import type { RawRequest } from "./read-requests.ts";

/** A file that the server holds. */
export interface ServedFile {
  readonly bytes: Uint8Array;
  /** As it stands in the header; default a strong one made from the bytes; `null`: none is sent. */
  readonly etag?: string | null;
  /** Default: a fixed day; `null`: none is sent. */
  readonly lastModified?: string | null;
}

/** An answer, ready to be sent. */
export interface Answer {
  readonly status: number;
  /** Status line and headers, with the empty line. */
  readonly head: string;
  /** Body as it goes over the wire. */
  readonly body: Uint8Array;
  /** Close the connection after the body. */
  readonly close: boolean;
}

type Headers = Record<string, string | readonly string[] | null>;

/** The right answer to a request, spoilt by a fault. */
export function answer(
  request: RawRequest,
  file: ServedFile | undefined,
  fault: Fault,
  origin: string,
): Answer {
  if (fault.redirectTo !== undefined) {
    const location = fault.redirectTo.startsWith("/")
      ? origin + fault.redirectTo
      : fault.redirectTo;
    return compose(fault.status ?? 302, { location }, new Uint8Array(0), request, fault);
  }
  if (fault.captivePortal) {
    const page = Buffer.from("<!doctype html><title>Sign in to the network</title>\n");
    return compose(200, { "content-type": "text/html" }, page, request, fault);
  }
  const content = fault.content ?? file?.bytes;
  const status = fault.status ?? (content === undefined ? 404 : undefined);
  if (content === undefined || status !== undefined) {
    const size: Headers = status === 416 ? { "content-range": `bytes */${content?.length}` } : {};
    const text = Buffer.from(status === 204 ? "" : `status ${status}\n`);
    return compose(status ?? 404, { "content-type": "text/plain", ...size }, text, request, fault);
  }
  return fileAnswer(request, content, file, fault);
}

function fileAnswer(
  request: RawRequest,
  content: Uint8Array,
  file: ServedFile | undefined,
  fault: Fault,
): Answer {
  const etag =
    fault.etag !== undefined
      ? fault.etag
      : file?.etag !== undefined && fault.content === undefined
        ? file.etag
        : etagOf(content);
  const modified =
    file?.lastModified === undefined ? "Sat, 21 Nov 2026 10:00:00 GMT" : file.lastModified;
  const headers: Headers = {
    "content-type": "application/octet-stream",
    "accept-ranges": "bytes",
    etag,
    "last-modified": modified,
  };
  const ifRange = request.headers["if-range"];
  const asked = /^bytes=(\d+)-(\d*)$/.exec(request.headers["range"] ?? "");
  if (!asked || fault.ignoreRange || (ifRange !== undefined && ifRange !== etag)) {
    return compose(200, headers, spoil(content, 0, fault), request, fault);
  }
  const start = Number(asked[1]);
  const end = Math.min(asked[2] ? Number(asked[2]) + 1 : Infinity, content.length);
  if (start >= end) {
    const none = { "content-range": `bytes */${content.length}` };
    return compose(416, none, new Uint8Array(0), request, fault);
  }
  const part = spoil(content.subarray(start, end), start, fault);
  const range = fault.contentRange ?? `bytes ${start}-${end - 1}/${content.length}`;
  if (fault.multipartRanges) {
    const body = Buffer.concat([
      Buffer.from(`--b\r\ncontent-range: ${range}\r\n\r\n`),
      part,
      Buffer.from("\r\n--b--\r\n"),
    ]);
    const type = "multipart/byteranges; boundary=b";
    return compose(206, { ...headers, "content-type": type }, body, request, fault);
  }
  return compose(206, { ...headers, "content-range": range }, part, request, fault);
}

const etags = new WeakMap<Uint8Array, string>();

/** A strong ETag of the bytes: they are hashed once. */
function etagOf(content: Uint8Array): string {
  let etag = etags.get(content);
  if (etag === undefined) {
    etag = `"${createHash("sha1").update(content).digest("hex").slice(0, 16)}"`;
    etags.set(content, etag);
  }
  return etag;
}

function spoil(part: Uint8Array, start: number, fault: Fault): Uint8Array {
  const offsets = (fault.wrongBytes ?? []).map((offset) => offset - start);
  const hit = offsets.filter((offset) => offset >= 0 && offset < part.length);
  if (hit.length === 0) return part;
  const copy = Uint8Array.from(part);
  for (const offset of hit) copy[offset] = (copy[offset] ?? 0) ^ 0xff;
  return copy;
}

function compose(
  status: number,
  headers: Headers,
  content: Uint8Array,
  request: RawRequest,
  fault: Fault,
): Answer {
  let payload = content;
  const all: Headers = { connection: "keep-alive", ...headers };
  if (fault.gzipLayers) {
    for (let layer = 0; layer < fault.gzipLayers; layer++) payload = gzipSync(payload);
    all["content-encoding"] = Array<string>(fault.gzipLayers).fill("gzip").join(", ");
  }
  const length = String(payload.length + (fault.lieAboutLength ?? 0));
  const chunked = Boolean(fault.chunked || fault.chunkedWithoutEnd || fault.lengthAndChunked);
  if (chunked) all["transfer-encoding"] = "chunked";
  if (fault.twoContentLengths) all["content-length"] = [length, String(payload.length + 1)];
  else if (fault.lengthAndChunked) all["content-length"] = length;
  else if (!chunked && !fault.closeDelimited && !fault.endless) all["content-length"] = length;
  if (fault.retryAfter !== undefined) all["retry-after"] = fault.retryAfter;
  Object.assign(all, fault.headers);
  const cut = fault.cutAfter !== undefined && fault.cutAfter < payload.length;
  const close = Boolean(
    cut || fault.closeDelimited || fault.endless || fault.chunkedWithoutEnd || fault.extraBytes,
  );
  if (close) all["connection"] = "close";
  if (cut) payload = payload.subarray(0, fault.cutAfter);
  if (chunked) payload = chunks(payload, !cut && !fault.chunkedWithoutEnd);
  if (fault.extraBytes) payload = Buffer.concat([payload, Buffer.alloc(fault.extraBytes, "x")]);
  if (request.method === "HEAD" || status === 204) payload = new Uint8Array(0);
  return { status, head: headText(status, all), body: payload, close };
}

function headText(status: number, headers: Headers): string {
  const lines = [`HTTP/1.1 ${status} ${status < 300 ? "OK" : "Not so"}`];
  for (const [name, value] of Object.entries(headers)) {
    if (value === null) continue;
    for (const one of typeof value === "string" ? [value] : value) lines.push(`${name}: ${one}`);
  }
  return `${lines.join("\r\n")}\r\n\r\n`;
}

/** Chunked framing (RFC 9112, 7.1) in chunks of 16 KiB. */
function chunks(payload: Uint8Array, ended: boolean): Uint8Array {
  const frames: Uint8Array[] = [];
  for (let at = 0; at < payload.length; at += 16_384) {
    const frame = payload.subarray(at, at + 16_384);
    frames.push(Buffer.from(`${frame.length.toString(16)}\r\n`), frame, Buffer.from("\r\n"));
  }
  if (ended) frames.push(Buffer.from("0\r\n\r\n"));
  return Buffer.concat(frames);
}
