import { expect, test } from "@jest/globals";
import { faultyServer, type Fault } from "@plimsoll/testing";

import { httpClient } from "./create-client.ts";
import type { HttpClientOptions, HttpReply, HttpRequest } from "./http-client.ts";

const bytes = Buffer.from(Array.from({ length: 300_000 }, (_, index) => (index * 31) % 253));
const path = "/w.onnx";

async function collect(reply: HttpReply): Promise<Buffer> {
  const parts: Buffer[] = [];
  for await (const part of reply.body) parts.push(part);
  return Buffer.concat(parts);
}

/** One request to a server with one fault; the result of the whole reply. */
async function ask(fault: Fault, request: HttpRequest = {}, options: HttpClientOptions = {}) {
  await using server = await faultyServer({ files: { [path]: bytes }, faults: { [path]: fault } });
  const client = httpClient(options);
  try {
    const reply = await client.request(server.url(path), request);
    return { reply, body: await collect(reply), server };
  } finally {
    client.close();
  }
}

test("a whole object and a range of it, over one kept connection", async () => {
  await using server = await faultyServer({ files: { [path]: bytes } });
  const client = httpClient();
  const whole = await client.request(server.url(path));
  expect(whole).toMatchObject({ status: 200, start: 0, totalBytes: bytes.length });
  expect(whole.finalUrl).toBe(server.url(path));
  expect(whole.etag).toMatch(/^"/);
  expect((await collect(whole)).equals(bytes)).toBe(true);
  const part = await client.request(server.url(path), { start: 1000, end: 2000 });
  expect(part).toMatchObject({ status: 206, start: 1000, totalBytes: bytes.length });
  expect((await collect(part)).equals(bytes.subarray(1000, 2000))).toBe(true);
  const tail = await client.request(server.url(path), { start: bytes.length - 1 });
  expect(await collect(tail)).toHaveLength(1);
  const head = await client.request(server.url(path), { method: "HEAD" });
  expect(head.totalBytes).toBe(bytes.length);
  expect(await collect(head)).toHaveLength(0);
  expect(server.connections.accepted).toBe(1);
  expect(server.requests.map((request) => request.headers["accept-encoding"])).toEqual(
    Array.from({ length: 4 }, () => "identity"),
  );
  client.close();
});

test("a range that runs past the end of a small object gives what there is", async () => {
  const { reply, body } = await ask({}, { start: 0, end: 8_000_000 });
  expect(reply).toMatchObject({ status: 206, totalBytes: bytes.length });
  expect(body.equals(bytes)).toBe(true);
});

test("N1: a body cut before its length is E_NETWORK and may be retried", async () => {
  for (const fault of [{ cutAfter: 1000 }, { cutAfter: 1000, reset: true }]) {
    await expect(ask(fault)).rejects.toMatchObject({ code: "E_NETWORK", retryable: true });
    await expect(ask(fault, { start: 5, end: 90_000 })).rejects.toMatchObject({
      code: "E_NETWORK",
    });
  }
});

test("N1: what came before the cut has been handed over", async () => {
  await using server = await faultyServer({
    files: { [path]: bytes },
    faults: { [path]: { cutAfter: 200_000 } },
  });
  const client = httpClient();
  const { body } = await client.request(server.url(path));
  let received = 0;
  const read = async (): Promise<void> => {
    for await (const part of body) received += part.length;
  };
  await expect(read()).rejects.toThrow(/cut after 200000 of 300000 bytes/);
  expect(received).toBe(200_000);
  client.close();
});

test("N2: a body that only the connection's end ends has no known length", async () => {
  const { reply, body } = await ask({ closeDelimited: true });
  expect(reply.totalBytes).toBeUndefined();
  expect(body.equals(bytes)).toBe(true);
  const cut = await ask({ closeDelimited: true, cutAfter: 50 });
  expect(cut.reply.totalBytes).toBeUndefined();
  expect(cut.body).toHaveLength(50);
  await expect(
    ask({ closeDelimited: true, cutAfter: 50 }, { start: 0, end: 100 }),
  ).rejects.toMatchObject({ code: "E_NETWORK" });
});

test.each<[string, Fault]>([
  ["chunked without its end", { chunkedWithoutEnd: true }],
  ["a length and chunks", { lengthAndChunked: true }],
  ["two lengths", { twoContentLengths: true }],
])("N3: %s is E_NETWORK", async (_, fault) => {
  await expect(ask(fault)).rejects.toMatchObject({ code: "E_NETWORK" });
});

test("N3: chunks with their end are whole, of no known length", async () => {
  const { reply, body } = await ask({ chunked: true });
  expect(reply.totalBytes).toBeUndefined();
  expect(body.equals(bytes)).toBe(true);
});

test("N4: never more bytes than announced", async () => {
  await expect(ask({ lieAboutLength: -1000 }).then(({ body }) => body.length)).resolves.toBe(
    bytes.length - 1000,
  );
  await expect(ask({ lieAboutLength: 1000, cutAfter: bytes.length - 1 })).rejects.toMatchObject({
    code: "E_NETWORK",
  });
  const { body } = await ask({ chunked: true, extraBytes: 10 }, { start: 0, end: 50 });
  expect(body.equals(bytes.subarray(0, 50))).toBe(true);
});

test("N4: chunks beyond the range that was promised are E_SIZE", async () => {
  const content = Buffer.concat([bytes, bytes]);
  const contentRange = `bytes 0-49/${bytes.length}`;
  const fault = { content, contentRange, chunked: true, headers: { "content-length": null } };
  await expect(ask(fault, { start: 0, end: 50 })).resolves.toMatchObject({
    body: expect.objectContaining({ length: 50 }),
  });
  await expect(ask({ ...fault, contentRange: "bytes 0-39/40" }, { end: 50 })).rejects.toMatchObject(
    {
      code: "E_SIZE",
    },
  );
});

test("N4: a 206 whose length is not that of its range is E_SIZE before a byte is read", async () => {
  await expect(ask({ lieAboutLength: 7 }, { start: 0, end: 50 })).rejects.toMatchObject({
    code: "E_SIZE",
    retryable: false,
  });
});

test("N5: a 200 to a range is told as such", async () => {
  const { reply, body } = await ask({ ignoreRange: true }, { start: 1000, end: 2000 });
  expect(reply).toMatchObject({ status: 200, start: 0 });
  expect(body.equals(bytes)).toBe(true);
});

test.each([
  "bytes 0-99/300000",
  "bytes 1000-1998/300000",
  "bytes 1000-2000/300000",
  "bytes 1000-1999",
  "bytes 1000-1999/1500",
  "bytes */300000",
  "lines 1000-1999/300000",
])("N6: a 206 for bytes 1000-1999 that says %s is E_RANGE", async (contentRange) => {
  await expect(ask({ contentRange }, { start: 1000, end: 2000 })).rejects.toMatchObject({
    code: "E_RANGE",
    retryable: false,
  });
});

test("N6: a 206 without a request for a range, and one without Content-Range, is E_RANGE", async () => {
  const unasked = { status: 206, headers: { "content-range": "bytes 0-1/2" } };
  await expect(ask(unasked)).rejects.toMatchObject({ code: "E_RANGE" });
  await expect(
    ask({ headers: { "content-range": null } }, { start: 0, end: 10 }),
  ).rejects.toMatchObject({ code: "E_RANGE" });
});

test("N7: If-Range goes out with a range, and a weak or odd ETag is none", async () => {
  const { server } = await ask({}, { start: 1, end: 2, ifRange: '"abc"' });
  expect(server.requests[0]?.headers["if-range"]).toBe('"abc"');
  for (const etag of ['W/"abc"', "abc", null]) {
    expect((await ask({ etag })).reply.etag).toBeUndefined();
  }
  expect((await ask({ etag: '"x-1"' })).reply.etag).toBe('"x-1"');
});

test("N8: 416, several ranges in one body and 204 are refused", async () => {
  await expect(ask({}, { start: bytes.length })).rejects.toMatchObject({
    code: "E_RANGE",
    status: 416,
  });
  await expect(ask({ multipartRanges: true }, { start: 0, end: 5 })).rejects.toMatchObject({
    code: "E_RANGE",
  });
  await expect(ask({ status: 204 })).rejects.toMatchObject({ code: "E_NETWORK", retryable: false });
});

test.each<[string, Fault]>([
  ["gzip", { gzipLayers: 1 }],
  ["gzip three times", { gzipLayers: 3 }],
  ["br", { headers: { "content-encoding": "br" } }],
  ["gzip as transfer coding", { headers: { "transfer-encoding": "gzip, chunked" }, chunked: true }],
])("N9: a body encoded by %s is refused unread", async (_, fault) => {
  await expect(ask(fault)).rejects.toMatchObject({
    code: "E_NETWORK",
    retryable: false,
    message: expect.stringMatching(/encoded/),
  });
});

test("N9: identity said aloud is no encoding", async () => {
  const { body } = await ask({ headers: { "content-encoding": "Identity" } });
  expect(body.length).toBe(bytes.length);
});
