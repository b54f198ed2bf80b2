import { once } from "node:events";
import { request, type IncomingMessage } from "node:http";
import type { Socket } from "node:net";
import { expect, test } from "@jest/globals";
import { faultyServer } from "./faulty-server.ts";
import { forwardProxy } from "./forward-proxy.ts";

async function ask(
  origin: string,
  method: string,
  path: string,
  headers: Record<string, string> = {},
): Promise<{ readonly status: number | undefined; readonly socket: Socket }> {
  const { hostname, port } = new URL(origin);
  const asked = request({ hostname, port, method, path, headers }).end();
  const event = method === "CONNECT" ? "connect" : "response";
  const [answer, socket] = (await once(asked, event)) as [IncomingMessage, Socket | undefined];
  answer.resume();
  return { status: answer.statusCode, socket: socket ?? answer.socket };
}

test("a tunnel leads to where the name is said to be, both ways", async () => {
  await using server = await faultyServer({ files: { "/a": Buffer.from("bytes") } });
  const { host } = new URL(server.origin);
  await using proxy = await forwardProxy({ resolve: () => host });
  const { status, socket } = await ask(proxy.origin, "CONNECT", "no.example:80");
  expect(status).toBe(200);
  socket.write("GET /a HTTP/1.1\r\nHost: no.example\r\n\r\n");
  let text = "";
  for await (const part of socket) {
    text += String(part);
    if (text.endsWith("bytes")) break;
  }
  expect(text).toMatch(/^HTTP\/1\.1 200 /);
  expect(proxy.requests).toMatchObject([{ method: "CONNECT", target: "no.example:80" }]);
});

test("a request with a whole address is passed on with its path, without the proxy's headers", async () => {
  await using server = await faultyServer({ files: { "/a": Buffer.from("bytes") } });
  await using proxy = await forwardProxy({ login: "me:word" });
  const authorization = `Basic ${Buffer.from("me:word").toString("base64")}`;
  const headers = { "proxy-authorization": authorization };
  expect((await ask(proxy.origin, "GET", server.url("/a"), headers)).status).toBe(200);
  expect(server.requests[0]).toMatchObject({ target: "/a" });
  expect(server.requests[0]?.headers).not.toHaveProperty("proxy-authorization");
  expect((await ask(proxy.origin, "GET", server.url("/a"))).status).toBe(407);
});

test("it refuses on demand, and says so where nobody listens", async () => {
  await using refusing = await forwardProxy({ status: 403 });
  expect((await ask(refusing.origin, "CONNECT", "no.example:443")).status).toBe(403);
  const gone = await faultyServer();
  await gone.close();
  await using proxy = await forwardProxy();
  expect((await ask(proxy.origin, "GET", gone.url("/a"))).status).toBe(502);
});
