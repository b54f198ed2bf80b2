import { once } from "node:events";
import { request } from "node:https";
import type { IncomingMessage } from "node:http";
import { expect, test } from "@jest/globals";
import { faultyServer, forwardProxy, selfSigned } from "@plimsoll/testing";

import { ProxyingAgent } from "./proxying-agent.ts";

const bytes = Buffer.alloc(200_000, 4);
const name = "bucket.example";

async function get(url: string, agent: ProxyingAgent): Promise<Buffer> {
  const asked = request(url, { agent }).end();
  const [answer] = (await once(asked, "response")) as [IncomingMessage];
  const parts: Buffer[] = [];
  for await (const part of answer) parts.push(part as Buffer);
  return Buffer.concat(parts);
}

test("N21: an SDK's requests go through the proxy of the environment, over kept tunnels", async () => {
  const tls = selfSigned({ names: [name, "127.0.0.1"] });
  await using server = await faultyServer({ files: { "/o": bytes }, tls });
  const { host } = new URL(server.origin);
  await using proxy = await forwardProxy({ resolve: () => host, login: "me:word" });
  const HTTPS_PROXY = proxy.origin.replace("//", "//me:word@");
  const options = { keepAlive: true, ca: tls.cert };
  const agent = new ProxyingAgent(options, { HTTPS_PROXY });
  expect((await get(`https://${name}/o`, agent)).equals(bytes)).toBe(true);
  expect((await get(`https://${name}/o`, agent)).equals(bytes)).toBe(true);
  expect(proxy.requests.map(({ target }) => target)).toEqual([`${name}:443`]);
  expect((await get(server.url("/o"), agent)).equals(bytes)).toBe(true);
  expect(proxy.requests).toHaveLength(1);
  agent.destroy();
  const stranger = new ProxyingAgent(options, { HTTPS_PROXY: proxy.origin });
  await expect(get(`https://${name}/o`, stranger)).rejects.toThrow(
    `the proxy ${proxy.origin} (HTTPS_PROXY) answered 407`,
  );
  stranger.destroy();
});
