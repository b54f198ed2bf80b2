import { once } from "node:events";
import { createServer, type AddressInfo, type Socket } from "node:net";

import { expect, test } from "@jest/globals";
import { faultyServer, selfSigned } from "@plimsoll/testing";

import { httpClient } from "./create-client.ts";
import type { HttpClient } from "./http-client.ts";

const bytes = Buffer.alloc(200_000, 9);
const path = "/w.onnx";

async function read(client: HttpClient, url: string, signal?: AbortSignal): Promise<number> {
  let size = 0;
  const { body } = await client.request(url, signal === undefined ? {} : { signal });
  for await (const part of body) size += part.length;
  return size;
}

/** A server that does `act` to each connection once something came in on it. */
async function rawServer(act: (socket: Socket, connection: number) => void) {
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    const connection = sockets.size;
    socket.on("error", () => undefined);
    socket.on("data", () => act(socket, connection));
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/x`,
    sockets,
    async [Symbol.asyncDispose]() {
      for (const socket of sockets) socket.destroy();
      server.close();
      await once(server, "close");
    },
  };
}

test.each([
  [401, "E_AUTH", false],
  [403, "E_AUTH", false],
  [404, "E_NOT_FOUND", false],
  [410, "E_NOT_FOUND", false],
  [400, "E_NETWORK", false],
  [412, "E_CONFLICT", false],
  [408, "E_NETWORK", true],
  [425, "E_NETWORK", true],
  [429, "E_NETWORK", true],
  [500, "E_NETWORK", true],
  [503, "E_NETWORK", true],
  [618, "E_NETWORK", true],
] as const)("status %p is %s, retryable: %p", async (status, code, retryable) => {
  await using server = await faultyServer({
    files: { [path]: bytes },
    faults: { [path]: { status } },
  });
  const client = httpClient();
  await expect(client.request(server.url(path))).rejects.toMatchObject({ code, status, retryable });
  expect(server.requests).toHaveLength(1);
  client.close();
});

test("N19: a refusal names the origin and the way in, not the query", async () => {
  await using server = await faultyServer({ faults: { [path]: { status: 401 } } });
  const client = httpClient();
  await expect(client.request(`${server.url(path)}?X-Amz-Signature=hush`)).rejects.toMatchObject({
    message: expect.stringMatching(
      new RegExp(`^(?!.*hush).*${server.origin}.*headers.*plimsoll.config.json`),
    ),
  });
  client.close();
});

test.each([
  ["X-Amz-Date=20260101T000000Z&X-Amz-Expires=60", "expired at 2026-01-01T00:01:00.000Z"],
  ["X-Goog-Date=20260101T000000Z&X-Goog-Expires=3600", "good until 2026-01-01T01:00:00.000Z"],
])("N19: a refused signed address says when it ends: %s", async (signed, when) => {
  await using server = await faultyServer({ faults: { [path]: { status: 403 } } });
  const now = Date.parse("2026-01-01T00:30:00Z");
  const client = httpClient({ clock: { now: () => now, after: () => () => undefined } });
  const url = `${server.url(path)}?${signed}&X-Amz-Signature=hush`;
  await expect(client.request(url)).rejects.toMatchObject({
    code: "E_AUTH",
    message: expect.stringMatching(new RegExp(`^(?!.*hush).*${when}.*plimsoll presign`)),
  });
  client.close();
});

test("N17: Retry-After is told in ms, as seconds, as a date, and not at all", async () => {
  const now = Date.parse("1994-11-06T08:49:00Z");
  const clock = { now: () => now, after: () => () => undefined };
  for (const [retryAfter, retryAfterMs] of [
    ["2", 2000],
    ["Sun, 06 Nov 1994 08:49:37 GMT", 37_000],
    ["999999", 999_999_000],
    ["-1", undefined],
    ["x", undefined],
  ] as const) {
    await using server = await faultyServer({ faults: { [path]: { status: 503, retryAfter } } });
    const client = httpClient({ clock });
    await expect(client.request(server.url(path))).rejects.toMatchObject({
      retryable: true,
      retryAfterMs,
    });
    client.close();
  }
});

test("N17: a 403 that asks to wait is no refusal", async () => {
  await using server = await faultyServer({
    faults: { [path]: { status: 403, retryAfter: "60" } },
  });
  const client = httpClient();
  await expect(client.request(server.url(path))).rejects.toMatchObject({
    code: "E_NETWORK",
    retryable: true,
    retryAfterMs: 60_000,
  });
  client.close();
});

test("N15: a refused connection, a name that is not there and a cut are E_NETWORK to retry", async () => {
  const gone = await rawServer(() => undefined);
  await gone[Symbol.asyncDispose]();
  await using cut = await rawServer((socket) => socket.resetAndDestroy());
  await using half = await rawServer((socket) => socket.end("HTTP/1.1 20"));
  const client = httpClient();
  for (const url of [gone.url, "https://host.invalid/x", cut.url, half.url]) {
    await expect(client.request(url)).rejects.toMatchObject({
      code: "E_NETWORK",
      retryable: true,
      status: undefined,
    });
  }
  client.close();
});

test("a kept connection that the host has closed unseen is replaced, a new one that is cut is not", async () => {
  const head = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";
  const asked = new Map<number, number>();
  await using server = await rawServer((socket, connection) => {
    const count = (asked.get(connection) ?? 0) + 1;
    asked.set(connection, count);
    if (count === 1 && connection < 3) socket.write(head);
    else socket.resetAndDestroy();
  });
  const client = httpClient();
  expect(await read(client, server.url)).toBe(2);
  expect(await read(client, server.url)).toBe(2);
  expect(server.sockets.size).toBe(2);
  await expect(read(client, server.url)).rejects.toMatchObject({ code: "E_NETWORK" });
  expect(server.sockets.size).toBe(3);
  client.close();
});

test("N21: headers beyond 16 KiB and text that is no HTTP are E_NETWORK", async () => {
  const header = `X-Fill: ${"x".repeat(70_000)}`;
  await using large = await rawServer((s) => s.write(`HTTP/1.1 200 OK\r\n${header}\r\n\r\n`));
  await using odd = await rawServer((s) => s.end("SSH-2.0-OpenSSH_9.2\r\n"));
  const client = httpClient();
  await expect(client.request(large.url)).rejects.toMatchObject({
    code: "E_NETWORK",
    retryable: false,
    message: expect.stringMatching(/headers are larger/),
  });
  await expect(client.request(odd.url)).rejects.toThrow(/no HTTP/);
  client.close();
});

const day = 86_400_000;

test.each([
  ["of an unknown authority", {}, false, /SELF_SIGNED/],
  ["expired", { notAfter: new Date(Date.now() - day), notBefore: new Date(0) }, true, /EXPIRED/],
  ["of another host", { names: ["other.example"] }, true, /ALTNAME/],
] as const)("N16: a certificate %s is refused without a retry", async (_, names, trust, code) => {
  const certificate = selfSigned(names);
  await using server = await faultyServer({ files: { [path]: bytes }, tls: certificate });
  const env = { NODE_TLS_REJECT_UNAUTHORIZED: "0" };
  const client = httpClient({ env, ...(trust ? { ca: certificate.cert } : {}) });
  await expect(client.request(server.url(path))).rejects.toMatchObject({
    code: "E_NETWORK",
    retryable: false,
    message: expect.stringMatching(code),
  });
  expect(server.requests).toHaveLength(0);
  client.close();
});

test("N16: a trusted certificate is taken; production refuses to run without checks", async () => {
  await using server = await faultyServer({ files: { [path]: bytes }, tls: true });
  const client = httpClient({ ca: server.ca ?? "" });
  expect(await read(client, server.url(path))).toBe(bytes.length);
  expect(await read(client, server.url(path))).toBe(bytes.length);
  expect(server.connections.accepted).toBe(1);
  client.close();
  const env = { NODE_ENV: "production", NODE_TLS_REJECT_UNAUTHORIZED: "0" };
  expect(() => httpClient({ env })).toThrow(expect.objectContaining({ code: "E_USAGE" }));
  httpClient({ env: { NODE_ENV: "production" } }).close();
});

test("a signal ends a request that waits for its answer, and a body", async () => {
  await using server = await faultyServer({
    files: { [path]: bytes },
    faults: { [path]: { stallAfter: 1000 } },
  });
  await using silent = await rawServer(() => undefined);
  const client = httpClient();
  for (const url of [silent.url, server.url(path)]) {
    const stop = new AbortController();
    const reason = new Error("enough");
    setTimeout(() => stop.abort(reason), 20);
    await expect(read(client, url, stop.signal)).rejects.toBe(reason);
  }
  await expect(read(client, server.url(path), AbortSignal.abort("gone"))).rejects.toBe("gone");
  client.close();
});

test("closing the client ends what is under way and refuses what comes", async () => {
  await using server = await faultyServer({
    files: { [path]: bytes },
    faults: { [path]: { stallAfter: 1000 } },
  });
  await using silent = await rawServer(() => undefined);
  const client = httpClient({ maxSockets: 1 });
  const { body } = await client.request(server.url(path));
  const waiting = [client.request(silent.url), client.request(server.url(path))];
  const outcomes = Promise.allSettled(waiting);
  client.close();
  for (const outcome of await outcomes) {
    expect(outcome).toMatchObject({ status: "rejected", reason: { code: "E_USAGE" } });
  }
  const rest = async (): Promise<void> => {
    for await (const part of body) expect(part.length).toBeLessThanOrEqual(1000);
  };
  await expect(rest()).rejects.toMatchObject({ code: "E_USAGE" });
  await expect(client.request(server.url(path))).rejects.toMatchObject({ code: "E_USAGE" });
});

test("a body that is left early costs its connection, and the next request gets a new one", async () => {
  await using server = await faultyServer({ files: { [path]: Buffer.alloc(16 * 1024 * 1024) } });
  const client = httpClient({ maxSockets: 1 });
  for (let round = 1; round <= 3; round += 1) {
    for await (const part of (await client.request(server.url(path))).body) {
      expect(part.length).toBeGreaterThan(0);
      break;
    }
    expect(server.connections.accepted).toBe(round);
  }
  client.close();
});

test("a long body of a refusal is given up, a short one keeps its connection", async () => {
  const answer = (length: number): string =>
    `HTTP/1.1 404 Not Found\r\nContent-Length: ${length}\r\n\r\n${"x".repeat(Math.min(length, 100_000))}`;
  for (const [length, connections] of [
    [100, 1],
    [100_000_000, 3],
  ] as const) {
    await using server = await rawServer((socket) => socket.write(answer(length)));
    const client = httpClient({ maxSockets: 1 });
    for (let round = 0; round < 3; round += 1) {
      await expect(client.request(server.url)).rejects.toMatchObject({ code: "E_NOT_FOUND" });
    }
    expect(server.sockets.size).toBe(connections);
    client.close();
  }
});
