import { expect, test } from "@jest/globals";

import { bodyFraming, type Framing } from "./body-framing.ts";
import { MalformedAnswer, parseHead } from "./parse-head.ts";

const framing = (headers: string, method: "GET" | "HEAD" = "GET", status = 200): Framing =>
  bodyFraming(method, parseHead(`HTTP/1.1 ${status} OK${headers && `\r\n${headers}`}`));

/** Feeds text in pieces of `size` bytes; gives the body and what came after it. */
function feed(frame: Framing, text: string, size = text.length): { body: string; after: string } {
  let body = "";
  let used = 0;
  for (let at = 0; at < text.length && !frame.isOver; at += size) {
    const piece = Buffer.from(text.slice(at, at + size), "latin1");
    used += frame.take(piece, (part) => (body += part.toString("latin1")));
  }
  return { body, after: text.slice(used) };
}

test("a length, chunks, or the connection's end", () => {
  const counted = framing("Content-Length: 5");
  expect([feed(counted, "hello!"), counted.isOver]).toEqual([{ body: "hello", after: "!" }, true]);
  const chunked = framing("Transfer-Encoding: Chunked");
  expect(feed(chunked, "5\r\nhello\r\n0\r\n\r\nX")).toEqual({ body: "hello", after: "X" });
  const open = framing("");
  expect([feed(open, "hello"), open.isOver, open.endsWithConnection]).toEqual([
    { body: "hello", after: "" },
    false,
    true,
  ]);
});

test("HEAD, 204 and a length of 0 have no body", () => {
  for (const frame of [
    framing("Content-Length: 5", "HEAD"),
    framing("", "GET", 204),
    framing("Content-Length: 0"),
  ]) {
    expect(frame.isOver).toBe(true);
  }
});

test.each([
  "Content-Length: 5\r\nTransfer-Encoding: chunked",
  "Content-Length: 5\r\nContent-Length: 6",
  "Content-Length: 5\r\nContent-Length: 5",
  "Content-Length: +5",
  "Content-Length: 0x5",
  "Content-Length: ",
  "Content-Length: 99999999999999999",
])("N3: %j is refused", (headers) => {
  expect(() => framing(headers)).toThrow(MalformedAnswer);
});

test("chunks in pieces of any size, with extensions and trailers", () => {
  const wire =
    '5;a="b"\r\nhello\r\nB \t;x\r\n, world and\r\n1\r\n!\r\n000\r\nX-Sum: 1\r\nY: 2\r\n\r\nnext';
  for (let size = 1; size <= wire.length; size++) {
    const frame = framing("Transfer-Encoding: chunked");
    const { body } = feed(frame, wire, size);
    expect([body, frame.isOver]).toEqual(["hello, world and!", true]);
  }
});

test.each([
  "\r\n",
  "x\r\n",
  "-1\r\n",
  "5 5\r\n",
  "fffffffffffff\r\n",
  "5\nhello\r\n",
  "5\r\nhello!\r\n0\r\n\r\n",
  "5\r\nhello\n0\r\n\r\n",
  `${"0".repeat(5000)}5\r\n`,
  `5;${"x".repeat(5000)}\r\n`,
  `0\r\n${"X: y\r\n".repeat(5000)}\r\n`,
])("N3: the chunks %.20j are refused", (wire) => {
  expect(() => feed(framing("Transfer-Encoding: chunked"), wire)).toThrow(MalformedAnswer);
});
