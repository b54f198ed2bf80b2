import { expect, test } from "@jest/globals";
import { faultyServer } from "@plimsoll/testing";

import { httpClient } from "./create-client.ts";
import type { HttpReply } from "./http-client.ts";

const bytes = Buffer.alloc(5000, 3);
const path = "/w.onnx";

async function collect(reply: HttpReply): Promise<Buffer> {
  const parts: Buffer[] = [];
  for await (const part of reply.body) parts.push(part);
  return Buffer.concat(parts);
}

test("N10: five redirects are followed, six and a circle are E_REDIRECT", async () => {
  const faults = Object.fromEntries(
    Array.from({ length: 6 }, (_, n) => [`/${n}`, { redirectTo: n === 0 ? path : `/${n - 1}` }]),
  );
  await using server = await faultyServer({
    files: { [path]: bytes },
    faults: { ...faults, "/a": { redirectTo: "/b" }, "/b": { redirectTo: "/a" } },
  });
  const client = httpClient();
  const reply = await client.request(server.url("/4"));
  expect(reply.finalUrl).toBe(server.url(path));
  expect((await collect(reply)).length).toBe(bytes.length);
  await expect(client.request(server.url("/5"))).rejects.toMatchObject({ code: "E_REDIRECT" });
  await expect(client.request(server.url("/a"))).rejects.toMatchObject({ code: "E_REDIRECT" });
  expect(server.of("/a")).toHaveLength(1);
  client.close();
});

test("N11: https → http, other schemes and a user in the URL are E_REDIRECT", async () => {
  await using plain = await faultyServer({ files: { [path]: bytes } });
  const targets = [plain.url(path), "file:///etc/passwd", "data:,x", "ftp://127.0.0.1/x"];
  for (const redirectTo of [...targets, "https://me:pw@127.0.0.1/x"]) {
    await using server = await faultyServer({ tls: true, faults: { [path]: { redirectTo } } });
    const client = httpClient({ ca: server.ca ?? "" });
    await expect(client.request(server.url(path))).rejects.toMatchObject({ code: "E_REDIRECT" });
    client.close();
  }
  expect(plain.requests).toHaveLength(0);
});

test("N11: http to another machine is E_USAGE before anything is sent", async () => {
  const client = httpClient();
  for (const url of ["http://192.0.2.1/x", "ftp://127.0.0.1/x", "https://u:hush@127.0.0.1/", "x"]) {
    await expect(client.request(url)).rejects.toMatchObject({
      code: "E_USAGE",
      message: expect.not.stringContaining("hush"),
    });
  }
  client.close();
});

test("N12: secrets go to their own origin, on every hop anew, and added headers to the first", async () => {
  await using second = await faultyServer({ files: { [path]: bytes } });
  await using first = await faultyServer({
    faults: {
      [path]: { redirectTo: second.url("/back") },
      "/end": { redirectTo: second.url(path) },
    },
  });
  second.script("/back", { redirectTo: first.url("/end") });
  const client = httpClient({
    credentials: {
      [`${first.origin}/`]: { Authorization: "Bearer one", "x-admin-token": "two", Cookie: "c=3" },
      [second.origin]: { "private-token": "four" },
    },
  });
  const headers = { accept: "application/octet-stream", "x-api-key": "five" };
  const reply = await client.request(first.url(path), { start: 0, end: 10, headers });
  expect((await collect(reply)).length).toBe(10);
  const sent = [first.of(path)[0], second.of("/back")[0], first.of("/end")[0], second.of(path)[0]];
  for (const [index, request] of sent.entries()) {
    const isFirst = index % 2 === 0;
    expect(request?.headers).toMatchObject({ accept: headers.accept, range: "bytes=0-9" });
    expect(request?.headers["authorization"]).toBe(isFirst ? "Bearer one" : undefined);
    expect(request?.headers["x-admin-token"]).toBe(isFirst ? "two" : undefined);
    expect(request?.headers["cookie"]).toBe(isFirst ? "c=3" : undefined);
    expect(request?.headers["x-api-key"]).toBe(isFirst ? "five" : undefined);
    expect(request?.headers["private-token"]).toBe(isFirst ? undefined : "four");
  }
  client.close();
});

test("N12: what cannot be sent as a header is refused without its value", () => {
  for (const credentials of [
    { "https://h.example": { authorization: "hush\r\nx: y" } },
    { "https://h.example": { "bad name": "hush" } },
    { "https://h.example/path": { a: "hush" } },
    { "h.example": { a: "hush" } },
  ]) {
    expect(() => httpClient({ credentials })).toThrow(
      expect.objectContaining({ code: "E_USAGE", message: expect.not.stringContaining("hush") }),
    );
  }
});
