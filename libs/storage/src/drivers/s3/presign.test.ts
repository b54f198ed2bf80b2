import { createHash, randomBytes } from "node:crypto";

import { afterEach, expect, test } from "@jest/globals";
import { ceph16Powers, fakeS3, fullPowers, type FakeS3, type S3Powers } from "@plimsoll/testing";

import type { Driver } from "../../driver.ts";
import { parseStoreUrl } from "../../parse-store-url.ts";
import { driverSettings } from "../driver-settings.ts";
import { openS3Store } from "../s3.ts";

const body = randomBytes(3000);
const sha256 = createHash("sha256").update(body).digest("hex");
const key = "datasets/m/originals/car/a+1@x.jpg";

const ends: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const end of ends.splice(0).reverse()) await end();
});

async function setUp(
  powers: S3Powers,
  query = "",
  now?: () => number,
): Promise<{ server: FakeS3; store: Driver }> {
  const server = await fakeS3({ powers, ...(now === undefined ? {} : { now }) });
  ends.push(server.close);
  const env = { S3_ACCESS_KEY: server.accessKey, S3_SECRET_KEY: server.secretKey };
  const location = parseStoreUrl(`s3://weights/some/prefix?endpoint=${server.endpoint}${query}`);
  const store = await openS3Store(location, driverSettings({ env }));
  ends.push(store.close);
  return { server, store };
}

test.each([
  ["a host with additional checksums", fullPowers, "&checksum=crc32"],
  ["any other host", ceph16Powers, ""],
])("%s: a PUT is bound to its bytes, its headers and to a free key", async (_, powers, query) => {
  const { server, store } = await setUp(powers, query);
  const request = await store.presign?.(key, { method: "PUT", expiresInSeconds: 60, sha256 });
  const { url = "", headers = {} } = request ?? {};
  const put = (content: Uint8Array, sent: Readonly<Record<string, string>>) =>
    fetch(url, { method: "PUT", headers: sent, body: new Uint8Array(content) });
  const changed = Buffer.from(body);
  changed[7] = (changed[7] ?? 0) ^ 1;
  expect((await put(changed, headers)).status).toBe(400);
  for (const name of Object.keys(headers)) {
    const rest = Object.entries(headers).filter(([other]) => other !== name);
    expect((await put(body, Object.fromEntries(rest))).status).toBe(403);
  }
  expect(server.keys("weights")).toEqual([]);
  expect((await put(body, headers)).status).toBe(200);
  expect((await store.stat(key))?.sha256).toBe(sha256);
  expect((await put(body, headers)).status).toBe(412);
});

test("a URL dies when it was to", async () => {
  let time = Date.now();
  const { server, store } = await setUp(fullPowers, "", () => time);
  server.put("weights", `some/prefix/${key}`, body);
  const get = await store.presign?.(key, { expiresInSeconds: 60 });
  const put = await store.presign?.(key, { method: "PUT", expiresInSeconds: 60, sha256 });
  expect((await fetch(get?.url ?? "")).status).toBe(200);
  time += 61_000;
  expect((await fetch(get?.url ?? "")).status).toBe(403);
  const late = await fetch(put?.url ?? "", {
    method: "PUT",
    headers: put?.headers ?? {},
    body: new Uint8Array(body),
  });
  expect(late.status).toBe(403);
});

test("a URL is for one key and one method, and carries no secret", async () => {
  const { server, store } = await setUp(fullPowers);
  server.put("weights", `some/prefix/${key}`, body);
  server.put("weights", "some/prefix/other", body);
  const { url = "" } = (await store.presign?.(key, { expiresInSeconds: 60 })) ?? {};
  expect(url).not.toContain(server.secretKey);
  const other = new URL(url);
  other.pathname = "/weights/some/prefix/other";
  expect((await fetch(other)).status).toBe(403);
  expect((await fetch(url, { method: "DELETE" })).status).toBe(403);
});

test("longer than seven days is E_LIMIT, no time at all E_USAGE", async () => {
  const { store } = await setUp(fullPowers);
  const sign = (expiresInSeconds: number) => store.presign?.(key, { expiresInSeconds });
  await sign(604_800);
  await expect(sign(604_801)).rejects.toMatchObject({ code: "E_LIMIT" });
  for (const seconds of [0, -1, 1.5, Number.NaN]) {
    await expect(sign(seconds)).rejects.toMatchObject({ code: "E_USAGE" });
  }
});

test.each([
  ["s3://bkt?region=eu-west-1", "bkt.s3.eu-west-1.amazonaws.com"],
  ["s3://bkt?region=eu-west-1&accelerate=1", "bkt.s3-accelerate.amazonaws.com"],
  ["s3://bkt?region=eu-west-1&pathStyle=1", "s3.eu-west-1.amazonaws.com"],
  ["s3://bkt?endpoint=https://nyc3.digitaloceanspaces.com", "bkt.nyc3.digitaloceanspaces.com"],
])("%s is asked at %s", async (url, host) => {
  const env = { S3_ACCESS_KEY: "id", S3_SECRET_KEY: "secret" };
  const store = await openS3Store(parseStoreUrl(url), driverSettings({ env }));
  ends.push(store.close);
  const { url: signed = "" } = (await store.presign?.(key, { expiresInSeconds: 60 })) ?? {};
  expect(new URL(signed).host).toBe(host);
});
