import { expect, test } from "@jest/globals";
import { faultyServer } from "@plimsoll/testing";

import { httpClient } from "./create-client.ts";

const path = "/w.onnx";
const bytes = Buffer.from(Array.from({ length: 1_000_000 }, (_, index) => (index * 31) % 253));

test("a pump gives every byte once, over a connection that is kept", async () => {
  await using server = await faultyServer({ files: { [path]: bytes } });
  const client = httpClient();
  for (const fault of [{}, { chunked: true }, { headers: { "x-long": "y".repeat(9000) } }]) {
    server.script(path, fault);
    const parts: Buffer[] = [];
    const reply = await client.request(server.url(path));
    await reply.pump((part) => {
      parts.push(Buffer.from(part));
      return undefined;
    });
    expect(Buffer.concat(parts).equals(bytes)).toBe(true);
    await expect(reply.pump(() => undefined)).rejects.toMatchObject({ code: "E_USAGE" });
  }
  expect(server.connections.accepted).toBe(1);
  client.close();
});

test("a pump whose taker is busy holds the host and loses nothing", async () => {
  const large = Buffer.alloc(32 * 1024 * 1024, 7);
  await using server = await faultyServer({ files: { [path]: large } });
  const client = httpClient();
  const { pump } = await client.request(server.url(path));
  let calls = 0;
  let received = 0;
  let isBusy = false;
  let sentMeanwhile = 0;
  await pump((part) => {
    expect(isBusy).toBe(false);
    received += part.length;
    calls += 1;
    if (calls % 100 !== 1) return undefined;
    isBusy = true;
    return new Promise((resolve) => {
      setTimeout(() => {
        sentMeanwhile = Math.max(sentMeanwhile, (server.of(path)[0]?.sentBytes ?? 0) - received);
        isBusy = false;
        resolve();
      }, 20);
    });
  });
  expect(received).toBe(large.length);
  // What the sockets of both sides hold.
  expect(sentMeanwhile).toBeLessThan(large.length / 2);
  client.close();
});

test("what a taker throws ends the pump and gives the connection up", async () => {
  await using server = await faultyServer({ files: { [path]: bytes } });
  const client = httpClient();
  const thrown = new Error("disk full");
  const failing = [
    () => {
      throw thrown;
    },
    () => Promise.reject(thrown),
  ];
  for (const take of failing) {
    const { pump } = await client.request(server.url(path));
    await expect(pump(take)).rejects.toBe(thrown);
  }
  await (await client.request(server.url(path))).pump(() => undefined);
  expect(server.connections.accepted).toBe(3);
  client.close();
});

test("N1: what came before a cut is given before the cut is told, to a busy taker too", async () => {
  await using server = await faultyServer({
    files: { [path]: bytes },
    faults: { [path]: { cutAfter: 300_000 } },
  });
  const client = httpClient();
  let received = 0;
  const { pump } = await client.request(server.url(path));
  const pumped = pump((part) => {
    received += part.length;
    return new Promise((resolve) => setTimeout(resolve, 1));
  });
  await expect(pumped).rejects.toThrow(/cut after 300000 of 1000000 bytes/);
  expect(received).toBe(300_000);
  client.close();
});

test("an answer without a body is pumped at once", async () => {
  await using server = await faultyServer({ files: { [path]: new Uint8Array(0), "/b": bytes } });
  const client = httpClient();
  const take = (): never => {
    throw new Error("a part of nothing");
  };
  await (await client.request(server.url(path))).pump(take);
  await (await client.request(server.url("/b"), { method: "HEAD" })).pump(take);
  expect(server.connections.accepted).toBe(1);
  client.close();
});

test("TLS: two connections at once to a host of its own authority", async () => {
  await using server = await faultyServer({ files: { [path]: bytes }, tls: true });
  const client = httpClient({ ca: server.ca ?? "" });
  await (await client.request(server.url(path))).pump(() => undefined);
  const both = await Promise.all([
    client.request(server.url(path)),
    client.request(server.url(path)),
  ]);
  let received = 0;
  for (const { pump } of both) {
    await pump((part) => {
      received += part.length;
      return undefined;
    });
  }
  expect([received, server.connections.accepted]).toEqual([2_000_000, 2]);
  client.close();
});
