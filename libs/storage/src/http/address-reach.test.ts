import { createServer, type Server } from "node:http";
import { once } from "node:events";
import type { AddressInfo } from "node:net";
import { expect, test } from "@jest/globals";
import { faultyServer } from "@plimsoll/testing";

import { reachOf } from "./address-reach.ts";
import { httpClient } from "./create-client.ts";

/** As `URL` spells what people and attackers write. */
const host = (text: string): string => new URL(`https://${text}/`).hostname;

test.each([
  ["169.254.169.254", "link"],
  ["[fe80::1]", "link"],
  ["[fd00:ec2::254]", "link"],
  ["[::ffff:169.254.169.254]", "link"],
  ["127.1", "private"],
  ["2130706433", "private"],
  ["0x7f.1", "private"],
  ["[::ffff:127.0.0.1]", "private"],
  ["[64:ff9b::a00:1]", "private"],
  ["0", "private"],
  ["１２７.0.0.1", "private"],
  ["10.1.2.3", "private"],
  ["[fd12::1]", "private"],
  ["[::1]", "private"],
  ["93.184.216.34", "public"],
  ["[2606:2800::1]", "public"],
])("N13: %s is %s", (text, reach) => {
  expect(reachOf(host(text))).toBe(reach);
});

test("N13: a name has no reach before it is looked up", () => {
  expect(reachOf(host("localhost."))).toBeUndefined();
  expect(reachOf("169.254.169.254.nip.io")).toBeUndefined();
});

async function listen(server: Server, address: string): Promise<string> {
  server.listen(0, address);
  await once(server, "listening");
  return `http://${address}:${(server.address() as AddressInfo).port}/secret`;
}

test("N13: a public host cannot send a reader to a private address, by number or by name", async () => {
  let asked = 0;
  const inner = createServer((_request, response) => {
    asked++;
    response.end("secret");
  });
  const target = await listen(inner, "127.0.0.2");
  const byName = target.replace("127.0.0.2", "localhost");
  const named = createServer((_request, response) => {
    asked++;
    response.end("secret");
  });
  named.listen(Number(new URL(target).port), "127.0.0.1");
  await once(named, "listening");
  const path = "/w.onnx";
  try {
    for (const [redirectTo, isPublic] of [
      [target, (address: string) => address === "127.0.0.1"],
      // The name leads to where the first host is; only that it was looked up makes it private here.
      [byName, undefined],
    ] as const) {
      await using server = await faultyServer({ faults: { [path]: { redirectTo } } });
      let calls = 0;
      const reach = (address: string) => {
        if (isPublic) return isPublic(address) ? "public" : "private";
        // First the literal, then the connection of the first host; after it the look-up.
        if (!/^[0-9a-f.:]+$/.test(address)) return undefined;
        return ++calls <= 2 ? "public" : "private";
      };
      const client = httpClient({ reach });
      await expect(client.request(server.url(path))).rejects.toMatchObject({
        code: "E_REDIRECT",
        message: expect.stringContaining("private network"),
      });
      client.close();
    }
    expect(asked).toBe(0);
    await using server = await faultyServer({ faults: { [path]: { redirectTo: target } } });
    const credentials = { [new URL(target).origin]: { "x-key": "1" } };
    const reach = (address: string) => (address === "127.0.0.1" ? "public" : "private");
    const client = httpClient({ reach, credentials });
    expect((await client.request(server.url(path))).status).toBe(200);
    client.close();
  } finally {
    inner.close();
    named.close();
  }
});

test("N13: the address of cloud metadata is asked by nobody", async () => {
  const client = httpClient({ allowHttp: true });
  await expect(client.request("http://169.254.169.254/latest")).rejects.toMatchObject({
    code: "E_REDIRECT",
  });
  client.close();
});
