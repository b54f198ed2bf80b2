import { expect, test } from "@jest/globals";
import { once } from "node:events";
import { get, type IncomingHttpHeaders, type IncomingMessage } from "node:http";
import { get as getTls } from "node:https";
import { connect } from "node:net";
import { gunzipSync } from "node:zlib";
import { faultyServer, type FaultyServerOptions } from "./faulty-server.ts";
import { selfSigned } from "./self-signed.ts";

const bytes = Buffer.from(Array.from({ length: 1000 }, (_, index) => index % 251));

interface Received {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
  /** Code of the error that ended the body, if one did. */
  readonly broken: string | undefined;
}

async function ask(
  url: string,
  headers: Record<string, string> = {},
  ca?: string,
): Promise<Received> {
  const options = { headers, agent: false as const, ...(ca === undefined ? {} : { ca }) };
  const request = url.startsWith("https") ? getTls(url, options) : get(url, options);
  const [response] = (await once(request, "response")) as [IncomingMessage];
  const received: Buffer[] = [];
  let broken: string | undefined;
  response.on("data", (block: Buffer) => received.push(block));
  response.on("error", (error: NodeJS.ErrnoException) => (broken = error.code));
  request.on("error", (error: NodeJS.ErrnoException) => (broken = error.code));
  await once(response, "close").catch(() => undefined);
  return {
    status: response.statusCode ?? 0,
    headers: response.headers,
    body: Buffer.concat(received),
    broken,
  };
}

async function raw(origin: string, until: (text: string) => boolean): Promise<string> {
  const socket = connect(Number(new URL(origin).port), "127.0.0.1");
  socket.write("GET /a HTTP/1.1\r\nhost: x\r\n\r\n");
  let text = "";
  for await (const block of socket as AsyncIterable<Buffer>) {
    text += block.toString("latin1");
    if (until(text)) break;
  }
  return text;
}

const serving = (options: FaultyServerOptions = {}) =>
  faultyServer({ files: { "/a": bytes }, ...options });

test("a server without faults answers whole files, ranges and 404", async () => {
  await using server = await serving();
  const whole = await ask(server.url("/a"));
  expect(whole.status).toBe(200);
  expect(whole.body.equals(bytes)).toBe(true);
  const etag = whole.headers.etag ?? "";
  const range = await ask(server.url("/a"), { range: "bytes=10-19", "if-range": etag });
  expect(range.status).toBe(206);
  expect(range.headers["content-range"]).toBe("bytes 10-19/1000");
  expect(range.body.equals(bytes.subarray(10, 20))).toBe(true);
  expect((await ask(server.url("/a"), { range: "bytes=990-" })).body.length).toBe(10);
  expect((await ask(server.url("/a"), { range: "bytes=1000-" })).status).toBe(416);
  expect((await ask(server.url("/a"), { range: "bytes=0-9", "if-range": '"other"' })).status).toBe(
    200,
  );
  expect((await ask(server.url("/none"))).status).toBe(404);
  expect(server.of("/a").map(({ number, status }) => [number, status])).toEqual([
    [0, 200],
    [1, 206],
    [2, 206],
    [3, 416],
    [4, 200],
  ]);
});

test("a script gives each request its own fault, then none", async () => {
  await using server = await serving({
    faults: { "/a": [{ cutAfter: 100 }, undefined, { status: 503, retryAfter: "7" }] },
  });
  const cut = await ask(server.url("/a"));
  expect([cut.body.length, cut.broken, cut.headers["content-length"]]).toEqual([
    100,
    "ECONNRESET",
    "1000",
  ]);
  expect((await ask(server.url("/a"))).body.length).toBe(1000);
  const busy = await ask(server.url("/a"));
  expect([busy.status, busy.headers["retry-after"]]).toEqual([503, "7"]);
  expect((await ask(server.url("/a"))).body.length).toBe(1000);
});

test("bodies are compressed, spoilt, portal pages or other content", async () => {
  await using server = await serving();
  server.script("/a", { gzipLayers: 2 });
  const packed = await ask(server.url("/a"));
  expect(packed.headers["content-encoding"]).toBe("gzip, gzip");
  expect(gunzipSync(gunzipSync(packed.body)).equals(bytes)).toBe(true);
  server.script("/a", { wrongBytes: [15] });
  const wrong = await ask(server.url("/a"), { range: "bytes=10-19" });
  expect([...wrong.body.entries()].filter(([at, byte]) => byte !== bytes[at + 10])).toEqual([
    [5, 15 ^ 0xff],
  ]);
  server.script("/a", { captivePortal: true });
  expect((await ask(server.url("/a"))).headers["content-type"]).toBe("text/html");
  server.script("/a", { content: Buffer.from("other"), etag: 'W/"1"' });
  const other = await ask(server.url("/a"));
  expect([other.body.toString(), other.headers.etag]).toEqual(["other", 'W/"1"']);
});

test("lengths lie, repeat, miss their end or have none", async () => {
  await using server = await serving();
  const heads: Record<string, string> = {};
  for (const [name, fault] of Object.entries({
    two: { twoContentLengths: true },
    both: { lengthAndChunked: true },
    close: { closeDelimited: true, cutAfter: 50 },
    extra: { extraBytes: 9 },
    lie: { lieAboutLength: 5 },
  })) {
    server.script("/a", fault);
    heads[name] = await raw(server.origin, (text) => text.length > 1000);
  }
  expect(heads["two"]?.match(/content-length: \d+/g)).toEqual([
    "content-length: 1000",
    "content-length: 1001",
  ]);
  expect(heads["both"]).toContain("transfer-encoding: chunked");
  expect(heads["close"]?.split("\r\n\r\n")[1]?.length).toBe(50);
  expect(heads["extra"]?.endsWith("xxxxxxxxx")).toBe(true);
  expect(heads["lie"]).toContain("content-length: 1005");
  server.script("/a", { chunkedWithoutEnd: true });
  expect((await ask(server.url("/a"))).broken).toBe("ECONNRESET");
  server.script("/a", { chunked: true });
  expect((await ask(server.url("/a"))).body.equals(bytes)).toBe(true);
});

test("ranges are ignored, mislabelled or in several parts, and addresses move", async () => {
  await using server = await serving();
  const range = { range: "bytes=10-19" };
  server.script("/a", { ignoreRange: true });
  expect((await ask(server.url("/a"), range)).status).toBe(200);
  server.script("/a", { contentRange: "bytes 0-9/1000" });
  expect((await ask(server.url("/a"), range)).headers["content-range"]).toBe("bytes 0-9/1000");
  server.script("/a", { multipartRanges: true });
  expect((await ask(server.url("/a"), range)).headers["content-type"]).toContain("byteranges");
  server.script("/a", { redirectTo: "/b" });
  expect((await ask(server.url("/a"))).headers.location).toBe(server.url("/b"));
});

test("connections are refused, reset and held to a rate", async () => {
  await using server = await serving({ bytesPerSecond: 20_000 });
  const began = performance.now();
  expect((await ask(server.url("/a"))).body.length).toBe(1000);
  // 1,000 bytes at 20 kB/s are 50 ms, less what a pause may make up.
  expect(performance.now() - began).toBeGreaterThan(20);
  server.script("/a", { refuse: true, reset: true });
  await expect(ask(server.url("/a"))).rejects.toMatchObject({ code: "ECONNRESET" });
  server.script("/a", { cutAfter: 10, reset: true });
  expect((await ask(server.url("/a"))).broken).toBe("ECONNRESET");
  expect(server.connections.accepted).toBe(3);
});

test("a body without end goes on until the client leaves, a stalled one waits for it", async () => {
  await using server = await serving({ faults: { "/a": [{ endless: true }, { stallAfter: 10 }] } });
  expect((await raw(server.origin, (text) => text.length > 300_000)).length).toBeGreaterThan(
    300_000,
  );
  const stalled = await raw(server.origin, (text) => /\r\n\r\n.{10}$/s.test(text));
  expect(stalled).toContain("content-length: 1000");
});

test("TLS: its certificate is trusted by its own PEM only, and a wrong one is refused", async () => {
  await using server = await serving({ tls: true });
  expect((await ask(server.url("/a"), {}, server.ca)).body.equals(bytes)).toBe(true);
  await expect(ask(server.url("/a"))).rejects.toMatchObject({
    code: "DEPTH_ZERO_SELF_SIGNED_CERT",
  });
  const expired = selfSigned({ notAfter: new Date(Date.now() - 1000) });
  await using old = await serving({ tls: expired });
  await expect(ask(old.url("/a"), {}, expired.cert)).rejects.toMatchObject({
    code: "CERT_HAS_EXPIRED",
  });
  const elsewhere = selfSigned({ names: ["models.example"] });
  await using other = await serving({ tls: elsewhere });
  await expect(ask(other.url("/a"), {}, elsewhere.cert)).rejects.toMatchObject({
    code: "ERR_TLS_CERT_ALTNAME_INVALID",
  });
});
