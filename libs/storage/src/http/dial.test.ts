import { once } from "node:events";
import { connect, type LookupFunction } from "node:net";
import { Worker } from "node:worker_threads";
import { expect, test } from "@jest/globals";
import { faultyServer, selfSigned } from "@plimsoll/testing";

import { httpClient } from "./create-client.ts";

const bytes = Buffer.alloc(200_000, 9);
const path = "/w.onnx";

/** A name server that gives these addresses for every name, as `dns.lookup` does with `all`. */
function answers(...addresses: readonly string[]): LookupFunction {
  return (_host, _options, done) =>
    void (done as (error: null, found: object[]) => void)(
      null,
      addresses.map((address) => ({ address, family: address.includes(":") ? 6 : 4 })),
    );
}

/** An address of this machine whose connections never stand: its queue is full and its thread asleep. */
async function blackHole(host: string, port: number) {
  const code = `
    const { createServer } = require("node:net");
    const { parentPort, workerData } = require("node:worker_threads");
    const server = createServer().listen({ ...workerData, backlog: 1 }, () => {
      parentPort.postMessage("listening");
      setTimeout(() => Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0), 20);
    });`;
  const worker = new Worker(code, { eval: true, workerData: { host, port } });
  await once(worker, "message");
  await new Promise((resolve) => setTimeout(resolve, 100));
  const fill = [1, 2, 3].map(() => connect({ host, port }).on("error", () => undefined));
  await once(fill[0] ?? worker, "connect");
  await new Promise((resolve) => setTimeout(resolve, 50));
  return {
    async [Symbol.asyncDispose]() {
      for (const socket of fill) socket.destroy();
      await worker.terminate();
    },
  };
}

async function read(client: ReturnType<typeof httpClient>, url: string): Promise<Buffer> {
  const parts: Buffer[] = [];
  for await (const part of (await client.request(url)).body) parts.push(part);
  return Buffer.concat(parts);
}

test.each([
  ["http", false],
  ["https", true],
] as const)(
  "N21: over %s an IPv6 address that refuses is passed over",
  async (scheme, isSecure) => {
    const tls = selfSigned({ names: ["weights.example"] });
    await using server = await faultyServer({ files: { [path]: bytes }, ...(isSecure && { tls }) });
    const { port } = new URL(server.origin);
    const client = httpClient({
      lookup: answers("::1", "127.0.0.1"),
      allowHttp: true,
      ca: tls.cert,
      env: {},
    });
    const url = `${scheme}://weights.example:${port}${path}`;
    expect((await read(client, url)).equals(bytes)).toBe(true);
    expect((await read(client, url)).equals(bytes)).toBe(true);
    expect(server.connections.accepted).toBe(1);
    client.close();
  },
);

test("N21: where every address refuses, the first one's reason is told", async () => {
  const server = await faultyServer();
  const { port } = new URL(server.origin);
  await server.close();
  const client = httpClient({ lookup: answers("::1", "127.0.0.1"), allowHttp: true, env: {} });
  await expect(client.request(`http://weights.example:${port}/`)).rejects.toMatchObject({
    code: "E_NETWORK",
    retryable: true,
    message: expect.stringMatching(/nobody listens there \(ECONNREFUSED\)/),
  });
  client.close();
});

const isLinux = process.platform === "linux";
(isLinux ? test : test.skip)(
  `N21: an address that never answers is left after a second${isLinux ? "" : " (skipped: 127.0.0.9 is Linux's)"}`,
  async () => {
    const tls = selfSigned({ names: ["weights.example"] });
    await using server = await faultyServer({ files: { [path]: bytes }, tls });
    const port = Number(new URL(server.origin).port);
    await using _hole = await blackHole("127.0.0.9", port);
    const url = `https://weights.example:${port}${path}`;
    const alone = httpClient({
      lookup: answers("127.0.0.9"),
      ca: tls.cert,
      env: {},
      connectTimeoutMs: 300,
    });
    await expect(alone.request(url)).rejects.toMatchObject({ code: "E_TIMEOUT" });
    alone.close();
    const lookup = answers("127.0.0.9", "127.0.0.1");
    const client = httpClient({ lookup, ca: tls.cert, env: {} });
    expect((await read(client, url)).equals(bytes)).toBe(true);
    client.close();
  },
);
