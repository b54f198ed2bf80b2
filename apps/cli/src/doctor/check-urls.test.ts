import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { afterAll, beforeAll, expect, test } from "@jest/globals";
import { parseManifest } from "@plimsoll/manifest";
import { fakeS3, tempDir } from "@plimsoll/testing";
import { writeFile } from "node:fs/promises";
import { checkUrls, type CheckUrlsOptions } from "./check-urls.ts";

const bytes = Buffer.alloc(1000, 1);
const digest = "a".repeat(64);
const server = createServer((request, response) => {
  const { pathname } = new URL(request.url ?? "/", "http://host");
  if (pathname === "/private.pt" && request.headers["x-key"] !== "secret") {
    return void response.writeHead(403).end();
  }
  if (pathname === "/gone.pt") return void response.writeHead(404).end();
  if (pathname === "/open.pt" && request.headers.origin === "https://app.test") {
    response.setHeader("access-control-allow-origin", "https://app.test");
  }
  const range = /^bytes=(\d+)-(\d+)$/.exec(request.headers.range ?? "");
  if (!range) return void response.writeHead(200, { "content-length": bytes.length }).end(bytes);
  const [start, end] = [Number(range[1]), Number(range[2]) + 1];
  const headers = { "content-range": `bytes ${start}-${end - 1}/${bytes.length}` };
  response.writeHead(206, { ...headers, "content-length": end - start });
  response.end(bytes.subarray(start, end));
});
let origin = "";
beforeAll(async () => {
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterAll(() => new Promise((resolve) => server.close(resolve)));

async function check(weights: object, options: Partial<CheckUrlsOptions> = {}) {
  const manifest = parseManifest(Buffer.from(JSON.stringify({ version: "2.0", weights })));
  return await checkUrls(manifest, {
    path: "/nowhere/manifest.json",
    headers: {},
    env: {},
    allowHttp: false,
    signal: new AbortController().signal,
    ...options,
  });
}
const entry = (url: string, more: object = {}) => ({ url, checksum: digest, size: 1000, ...more });

test("a public URL of the right size is fine; mirrors are asked too", async () => {
  const found = await check({
    "a.pt": entry(`${origin}/a.pt`, { mirrors: [`${origin}/gone.pt`] }),
  });
  expect(found[0]).toMatchObject({ check: "url: a.pt", state: "ok" });
  expect(found[0]?.detail).toMatch(/^anyone can read it, 1,?000 B|1\.0 KB$/);
  expect(found[1]).toMatchObject({
    check: "url: a.pt: mirror 1",
    state: "broken",
    code: "E_NOT_FOUND",
  });
});

test("another size, a placeholder and no URL at all are broken", async () => {
  const found = await check({
    "size.pt": entry(`${origin}/a.pt`, { size: 999 }),
    "place.pt": entry("https://github.com/YOUR_USERNAME/app/releases/download/v1.0.0/place.pt"),
    "none.pt": { checksum: digest, size: 1000 },
  });
  expect(found.map(({ check, state, code }) => [check, state, code])).toEqual([
    ["url: none.pt", "broken", "E_NOT_FOUND"],
    ["url: size.pt", "broken", "E_SIZE"],
    ["url: place.pt", "broken", "E_NOT_FOUND"],
  ]);
});

test("a private file is broken without headers, and fine with the configured ones", async () => {
  const weights = { "p.pt": entry(`${origin}/private.pt`) };
  expect(await check(weights)).toMatchObject([{ state: "broken", code: "E_AUTH" }]);
  const headers = { [origin]: { "x-key": "secret" } };
  expect(await check(weights, { headers })).toMatchObject([
    { state: "ok", detail: expect.stringMatching(/configured headers/) },
  ]);
});

test("a private address is a warning where a mirror can be read, as sync takes that", async () => {
  const mirrored = entry(`${origin}/private.pt`, { mirrors: [`${origin}/a.pt`] });
  expect(await check({ "p.pt": mirrored })).toMatchObject([
    { state: "warning", detail: expect.stringContaining("sync takes p.pt: mirror 1 instead") },
    { state: "ok" },
  ]);
  const gone = entry(`${origin}/gone.pt`, { mirrors: [`${origin}/a.pt`] });
  expect(await check({ "g.pt": gone })).toMatchObject([{ state: "broken" }, { state: "ok" }]);
});

test("CORS: the host must allow the page's own origin", async () => {
  const states = async (path: string, page: string) =>
    (await check({ "a.pt": entry(origin + path) }, { origin: page })).map(({ state }) => state);
  expect(await states("/open.pt", "https://app.test")).toEqual(["ok", "ok"]);
  expect(await states("/open.pt", "https://other.test")).toEqual(["ok", "broken"]);
  expect(await states("/a.pt", "https://app.test")).toEqual(["ok", "broken"]);
});

test("a store's own URL is read by the credentials of the environment, a relative one beside the manifest", async () => {
  await using dir = await tempDir();
  await using s3 = await fakeS3();
  s3.put("weights", "team/a.pt", bytes);
  await writeFile(dir.join("local.pt"), bytes);
  const weights = {
    "a.pt": entry(`s3://weights/team/a.pt?endpoint=${s3.endpoint}`),
    "local.pt": entry("./local.pt"),
  };
  const env = { S3_ACCESS_KEY: s3.accessKey, S3_SECRET_KEY: s3.secretKey };
  const path = dir.join("manifest.json");
  const both = [
    { state: "ok", detail: expect.stringMatching(/your credentials/) },
    { state: "ok", detail: expect.stringMatching(/this machine/) },
  ];
  expect(await check(weights, { env, path })).toMatchObject(both);
  // Pages cannot read either of them, and need not.
  expect(await check(weights, { env, path, origin: "https://app.test" })).toMatchObject(both);
  const wrong = { ...env, S3_SECRET_KEY: "wrong" };
  expect(await check(weights, { env: wrong, path })).toMatchObject([
    { state: "broken", code: "E_AUTH" },
    { state: "ok" },
  ]);
});
