import { expect, test } from "@jest/globals";

import { MalformedAnswer, parseHead } from "./parse-head.ts";

test("status, headers and whether the connection stays", () => {
  const { status, headers, keepsConnection } = parseHead(
    'HTTP/1.1 206 Partial Content\r\nETag: "a"\r\nX-Two:one\r\nx-two:  two \t\r\nX-Empty:',
  );
  expect([status, keepsConnection]).toEqual([206, true]);
  expect({ ...headers }).toEqual({ etag: '"a"', "x-two": "one, two", "x-empty": "" });
  expect(parseHead("HTTP/1.1 200").status).toBe(200);
});

test.each([
  ["HTTP/1.1", "", true],
  ["HTTP/1.1", "close", false],
  ["HTTP/1.1", "Foo , Close", false],
  ["HTTP/1.0", "", false],
  ["HTTP/1.0", "Keep-Alive", true],
])("%s with Connection: %s keeps it: %p", (version, connection, keeps) => {
  const head = parseHead(`${version} 200 OK\r\nConnection: ${connection}`);
  expect(head.keepsConnection).toBe(keeps);
});

test("two lengths are not one of them, a second ETag is left out", () => {
  const head = parseHead(
    'HTTP/1.1 200 OK\r\nContent-Length: 5\r\nContent-Length: 6\r\nETag: "a"\r\nETag: "b"',
  );
  expect([head.headers["content-length"], head.headers["etag"]]).toEqual(["5, 6", '"a"']);
});

test("names of the language's own objects are headers like others", () => {
  const { headers } = parseHead("HTTP/1.1 200 OK\r\n__proto__: x\r\nconstructor: y");
  expect([headers["__proto__"], headers["constructor"]]).toEqual(["x", "y"]);
  expect(({} as Record<string, unknown>)["x"]).toBeUndefined();
});

test.each([
  "",
  "SSH-2.0-OpenSSH_9.2",
  "HTTP/2 200 OK",
  "HTTP/1.1 20 OK",
  "HTTP/1.1 0200 OK",
  "HTTP/1.1  200 OK",
  "http/1.1 200 OK",
  "HTTP/1.1 200 OK\r\nno colon",
  "HTTP/1.1 200 OK\r\nName : x",
  "HTTP/1.1 200 OK\r\n: x",
  "HTTP/1.1 200 OK\r\nA: x\r\n folded",
  "HTTP/1.1 200 OK\r\nA: x\ny",
  "HTTP/1.1 200 OK\r\nA: x\0y",
  "HTTP/1.1 200 OK\r\nA: x\r\r\nB: y",
])("%j is no head", (text) => {
  expect(() => parseHead(text)).toThrow(MalformedAnswer);
});
