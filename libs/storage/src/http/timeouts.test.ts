import { once } from "node:events";
import { createServer, type AddressInfo, type Socket } from "node:net";

import { expect, test } from "@jest/globals";
import { faultyServer } from "@plimsoll/testing";

import type { Clock } from "../clock.ts";
import { httpClient } from "./create-client.ts";

const bytes = Buffer.alloc(300_000, 5);
const path = "/w.onnx";

/** A clock that a test moves. */
function handClock(): Clock & { advance(ms: number): void; readonly pending: () => number } {
  let now = 0;
  const timers = new Set<{ at: number; act: () => void }>();
  return {
    now: () => now,
    after(ms, act) {
      const timer = { at: now + ms, act };
      timers.add(timer);
      return () => void timers.delete(timer);
    },
    advance(ms) {
      now += ms;
      for (const timer of [...timers].filter(({ at }) => at <= now)) {
        if (timers.delete(timer)) timer.act();
      }
    },
    pending: () => timers.size,
  };
}

/** A server that takes connections and never says a word. */
async function silentServer() {
  const sockets = new Set<Socket>();
  let received = 0;
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on("error", () => undefined);
    socket.on("data", (chunk) => (received += chunk.length));
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return {
    port: (server.address() as AddressInfo).port,
    received: () => received,
    async [Symbol.asyncDispose]() {
      for (const socket of sockets) socket.destroy();
      server.close();
      await once(server, "close");
    },
  };
}

const turn = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 5));

async function until(isTrue: () => boolean): Promise<void> {
  while (!isTrue()) await turn();
}

test("N14: silence before an answer and in a body is E_TIMEOUT after 30 s", async () => {
  await using server = await faultyServer({
    files: { [path]: bytes },
    faults: { [path]: { stallAfter: 1000 } },
  });
  const clock = handClock();
  const client = httpClient({ clock });
  await using silent = await silentServer();
  const late = client.request(`http://127.0.0.1:${silent.port}/late`);
  const outcome = expect(late).rejects.toMatchObject({ code: "E_TIMEOUT", retryable: true });
  await until(() => silent.received() > 0);
  clock.advance(29_999);
  await turn();
  clock.advance(1);
  await outcome;

  const reply = await client.request(server.url(path));
  const body = reply.body[Symbol.asyncIterator]();
  expect((await body.next()).done).toBe(false);
  const next = expect(body.next()).rejects.toThrow(/silent for 30 s after 1000 of 300000 bytes/);
  clock.advance(29_000);
  await turn();
  clock.advance(2_000);
  await next;
  expect(clock.pending()).toBe(0);
  client.close();
});

test("N14: a trickle below 1 KiB/s over 60 s is E_TIMEOUT", async () => {
  await using server = await faultyServer({
    files: { [path]: bytes },
    faults: { [path]: { dripBytesPerSecond: 1000 } },
  });
  const clock = handClock();
  const client = httpClient({ clock });
  const { body } = await client.request(server.url(path));
  let received = 0;
  const read = async (): Promise<void> => {
    for await (const part of body) {
      received += part.length;
      clock.advance(6_000);
    }
  };
  await expect(read()).rejects.toMatchObject({
    code: "E_TIMEOUT",
    message: expect.stringMatching(/bytes in 60 s/),
  });
  expect(received).toBeGreaterThan(0);
  client.close();
});

test("N14: a reader that is slow is neither silence nor a trickle", async () => {
  const large = Buffer.alloc(4 * 1024 * 1024, 7);
  await using server = await faultyServer({ files: { [path]: large } });
  const clock = handClock();
  const client = httpClient({ clock });
  const { body } = await client.request(server.url(path));
  let received = 0;
  for await (const part of body) {
    received += part.length;
    if (received % 3 === 0) continue;
    await turn();
    clock.advance(25_000);
    await turn();
    clock.advance(25_000);
  }
  expect(received).toBe(large.length);
  client.close();
}, 180_000);

test("N14: a body that nobody reads gives its connection up", async () => {
  await using server = await faultyServer({ files: { [path]: Buffer.alloc(32 * 1024 * 1024) } });
  const clock = handClock();
  const client = httpClient({ clock });
  const reply = await client.request(server.url(path));
  await turn();
  clock.advance(30_000);
  expect(clock.pending()).toBe(0);
  const read = async (): Promise<void> => {
    for await (const part of reply.body) expect(part.length).toBeGreaterThan(0);
  };
  await expect(read()).rejects.toMatchObject({ code: "E_TIMEOUT" });
  await expect(read()).rejects.toMatchObject({ code: "E_USAGE" });
  client.close();
});

test("N14: a host that takes a connection and says nothing to it is given up after 10 s", async () => {
  // The TLS handshake is never answered: the connection stands, the secure one never does.
  await using silent = await silentServer();
  const clock = handClock();
  const client = httpClient({ clock });
  const asked = client.request(`https://127.0.0.1:${silent.port}/`);
  const outcome = expect(asked).rejects.toThrow(/no connection within 10 s/);
  await until(() => clock.pending() === 1);
  clock.advance(10_000);
  await outcome;
  client.close();
});

test("requests that wait for a free connection are not timed while they wait", async () => {
  await using server = await faultyServer({
    files: { [path]: bytes },
    faults: { [path]: [{ stallAfter: 10 }] },
  });
  const clock = handClock();
  const client = httpClient({ clock, maxSockets: 1, idleTimeoutMs: 100_000_000 });
  const first = await client.request(server.url(path));
  const second = client.request(server.url(path));
  await turn();
  clock.advance(59_000);
  await turn();
  await first.body[Symbol.asyncIterator]().return?.();
  const parts: Buffer[] = [];
  for await (const part of (await second).body) parts.push(part);
  expect(Buffer.concat(parts).length).toBe(bytes.length);
  client.close();
});

test("I6: a reader that stands still holds the host, not the bytes", async () => {
  const large = Buffer.alloc(64 * 1024 * 1024);
  await using server = await faultyServer({ files: { [path]: large } });
  const client = httpClient();
  const { body } = await client.request(server.url(path));
  const sent = (): number => server.of(path)[0]?.sentBytes ?? 0;
  let before = -1;
  // Until the sockets' buffers are full as well.
  while (sent() !== before) {
    before = sent();
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  expect(sent()).toBeLessThan(large.length / 2);
  let received = 0;
  for await (const part of body) received += part.length;
  expect(received).toBe(large.length);
  client.close();
});
