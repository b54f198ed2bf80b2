import { expect, test } from "@jest/globals";
import {
  faultyServer,
  forwardProxy,
  selfSigned,
  type ForwardProxyOptions,
} from "@plimsoll/testing";

import { httpClient } from "./create-client.ts";
import type { HttpClient } from "./http-client.ts";
import { proxyFor } from "./proxy-address.ts";

const bytes = Buffer.alloc(300_000, 7);
const path = "/w.onnx";
const name = "weights.example";

async function read(client: HttpClient, url: string, start?: number): Promise<Buffer> {
  const { body } = await client.request(url, start === undefined ? {} : { start });
  const parts: Buffer[] = [];
  for await (const part of body) parts.push(part);
  return Buffer.concat(parts);
}

/** A host with a certificate for a name of no machine, and a proxy that alone knows where it is. */
async function world(options: ForwardProxyOptions = {}, overTls = false) {
  const certificate = selfSigned({ names: [name, "127.0.0.1"] });
  const server = await faultyServer({ files: { [path]: bytes }, tls: certificate });
  const { port } = new URL(server.origin);
  const resolve = (): string => `127.0.0.1:${port}`;
  const proxy = await forwardProxy({ resolve, ...options, ...(overTls && { tls: certificate }) });
  return {
    server,
    proxy,
    ca: certificate.cert,
    url: `https://${name}${path}`,
    async [Symbol.asyncDispose]() {
      await proxy.close();
      await server.close();
    },
  };
}

test("N21: https goes through the proxy of HTTPS_PROXY, over connections that are kept", async () => {
  await using at = await world();
  const client = httpClient({ ca: at.ca, env: { HTTPS_PROXY: at.proxy.origin } });
  expect((await read(client, at.url)).equals(bytes)).toBe(true);
  expect((await read(client, at.url, 100_000)).length).toBe(200_000);
  expect(at.proxy.requests).toHaveLength(1);
  const [asked] = at.proxy.requests;
  expect(asked).toMatchObject({ method: "CONNECT", target: `${name}:443` });
  expect(asked?.headers).toMatchObject({ host: `${name}:443` });
  expect(asked?.headers).not.toHaveProperty("proxy-authorization");
  // What is meant for the host is in the tunnel, what is meant for the proxy is not.
  expect(at.server.requests[0]?.headers).toMatchObject({ host: name });
  client.close();
});

test("N21: a proxy's user and password go to the proxy alone", async () => {
  await using at = await world({ login: "me:p@ss%" });
  const origin = at.proxy.origin.replace("//", "//me:p%40ss%25@");
  const client = httpClient({ ca: at.ca, env: { https_proxy: origin } });
  expect((await read(client, at.url)).equals(bytes)).toBe(true);
  expect(JSON.stringify(at.server.requests)).not.toMatch(/proxy-auth/i);
  client.close();
});

test.each([
  [407, "E_AUTH", false, /wants a user and a password/],
  [403, "E_NETWORK", false, /refuses \(403\): ask who runs it, or set NO_PROXY/],
  [502, "E_NETWORK", true, /refuses \(502\): it cannot reach the host now/],
] as const)(
  "N21: a proxy that answers %d is named in the error, its password is not",
  async (...row) => {
    const [status, code, retryable, text] = row;
    await using at = await world(status === 407 ? { login: "other:one" } : { status });
    const origin = at.proxy.origin.replace("//", "//me:secret-word@");
    const client = httpClient({ ca: at.ca, env: { ALL_PROXY: origin } });
    const error = await client.request(at.url).catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ code, retryable, status });
    const { message } = error as Error;
    expect(message).toMatch(text);
    expect(message).toContain(`${at.proxy.origin} (ALL_PROXY)`);
    expect(message).toContain(`https://${name}${path}`);
    expect(message).not.toMatch(/secret-word|c2VjcmV0/);
    expect(at.server.requests).toHaveLength(0);
    client.close();
  },
);

test("N21: a proxy that is gone, cuts or is silent is named", async () => {
  const proxy = await forwardProxy();
  await proxy.close();
  const gone = httpClient({ env: { HTTPS_PROXY: proxy.origin } });
  await expect(gone.request(`https://${name}/`)).rejects.toMatchObject({
    code: "E_NETWORK",
    retryable: true,
    message: expect.stringMatching(/through the proxy http:.*HTTPS_PROXY.*nobody listens there/),
  });
  gone.close();
  await using silent = await forwardProxy({ silent: true });
  const env = { HTTPS_PROXY: silent.origin };
  const waits = httpClient({ env, connectTimeoutMs: 50 });
  await expect(waits.request(`https://${name}/`)).rejects.toMatchObject({
    code: "E_TIMEOUT",
    message: expect.stringMatching(/no way through the proxy http:.* within 0.05 s/),
  });
  while (silent.open() > 0) await new Promise((resolve) => setTimeout(resolve, 5));
  waits.close();
});

test("N21: a body that is cut inside the tunnel is told as cut, a slow reader holds the host", async () => {
  await using at = await world();
  at.server.script(path, [{ cutAfter: 1000 }]);
  const client = httpClient({ ca: at.ca, env: { HTTPS_PROXY: at.proxy.origin } });
  await expect(read(client, at.url)).rejects.toMatchObject({ code: "E_NETWORK", retryable: true });
  const large = Buffer.alloc(48 * 1024 * 1024, 3);
  at.server.put("/large", large);
  const { body } = await client.request(`https://${name}/large`);
  const sent = (): number => at.server.of("/large")[0]?.sentBytes ?? 0;
  let before = -1;
  while (sent() !== before) {
    before = sent();
    await new Promise((resolve) => setTimeout(resolve, 150));
  }
  expect(sent()).toBeLessThan(large.length / 2);
  let received = 0;
  for await (const part of body) received += part.length;
  expect(received).toBe(large.length);
  client.close();
});

test("N21: a proxy is spoken to over TLS where its address says https", async () => {
  await using at = await world({}, true);
  const client = httpClient({ ca: at.ca, env: { HTTPS_PROXY: at.proxy.origin } });
  expect((await read(client, at.url)).equals(bytes)).toBe(true);
  client.close();
});

test("N21: http goes to the proxy with its whole address, and this machine is asked directly", async () => {
  await using server = await faultyServer({ files: { [path]: bytes } });
  const { host } = new URL(server.origin);
  await using proxy = await forwardProxy({ resolve: () => host, login: "me:word" });
  const env = { HTTP_PROXY: proxy.origin.replace("//", "//me:word@") };
  const client = httpClient({ env, allowHttp: true });
  expect((await read(client, `http://${name}${path}`)).equals(bytes)).toBe(true);
  expect(proxy.requests[0]).toMatchObject({ method: "GET", target: `http://${name}${path}` });
  expect(server.requests[0]?.headers).not.toHaveProperty("proxy-authorization");
  expect((await read(client, server.url(path))).equals(bytes)).toBe(true);
  expect(proxy.requests).toHaveLength(1);
  const forced = httpClient({ proxyOf: (url) => proxyFor(url, env, { loopback: true }) });
  expect((await read(forced, server.url(path))).equals(bytes)).toBe(true);
  expect(proxy.requests).toHaveLength(2);
  const stranger = httpClient({ env: { http_proxy: proxy.origin }, allowHttp: true });
  await expect(stranger.request(`http://${name}${path}`)).rejects.toMatchObject({
    code: "E_AUTH",
    message: expect.stringContaining(`the proxy ${proxy.origin} (http_proxy)`),
  });
  for (const each of [client, forced, stranger]) each.close();
});

test("N13: what a proxy leads to cannot send a reader to a private address", async () => {
  await using at = await world();
  at.server.script(path, { redirectTo: "https://10.0.0.7/secret" });
  const client = httpClient({ ca: at.ca, env: { HTTPS_PROXY: at.proxy.origin } });
  await expect(client.request(at.url)).rejects.toMatchObject({ code: "E_REDIRECT" });
  expect(at.proxy.requests).toHaveLength(1);
  client.close();
});
