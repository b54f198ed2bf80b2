import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { afterAll, beforeAll, expect, test } from "@jest/globals";
import { parseStoreUrl } from "@plimsoll/storage";
import { checkClock, clockUrl } from "./check-clock.ts";

const noon = Date.UTC(2026, 10, 21, 12);
const server = createServer((request, response) => {
  response.sendDate = false;
  if (request.url === "/dated") response.setHeader("date", new Date(noon).toUTCString());
  response.statusCode = 403;
  response.end();
});
let origin = "";
beforeAll(async () => {
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterAll(() => new Promise((resolve) => server.close(resolve)));

const check = (path: string, now: number) =>
  checkClock(origin + path, { fetch, now: () => now, signal: new AbortController().signal });

test("a clock that agrees is fine, whatever else the host answers", async () => {
  expect(await check("/dated", noon + 20_000)).toMatchObject({ state: "ok" });
});

test("S9: minutes off is a warning, a quarter of an hour breaks signed requests", async () => {
  expect(await check("/dated", noon + 5 * 60_000)).toMatchObject({
    state: "warning",
    detail: expect.stringMatching(/5 min ahead of/),
  });
  expect(await check("/dated", noon - 3_600_000)).toMatchObject({
    state: "broken",
    code: "E_AUTH",
    detail: expect.stringMatching(/1 h behind/),
    fix: expect.stringMatching(/set the clock/),
  });
});

test("a host that tells no time, or none at all, is skipped", async () => {
  expect(await check("/", noon)).toMatchObject({ state: "skipped" });
  const gone = await checkClock("http://127.0.0.1:1/", {
    fetch,
    now: () => noon,
    signal: new AbortController().signal,
  });
  expect(gone).toMatchObject({ state: "skipped", detail: "http://127.0.0.1:1/ did not answer" });
});

test("the host that is asked is the store's own", () => {
  const url = (store: string) => clockUrl(parseStoreUrl(store));
  expect(url("/srv/store")).toBeUndefined();
  expect(url("https://cdn.example.com/weights")).toBe("https://cdn.example.com");
  expect(url("s3://bucket?endpoint=https://nyc3.digitaloceanspaces.com")).toBe(
    "https://nyc3.digitaloceanspaces.com",
  );
  expect(url("s3://bucket")).toMatch(/amazonaws/);
  const env = { S3_ENDPOINT_URL: "https://s3.example", HF_ENDPOINT: "https://hub.example" };
  expect(clockUrl(parseStoreUrl("s3://bucket"), env)).toBe("https://s3.example");
  expect(clockUrl(parseStoreUrl("hf://o/r"), env)).toBe("https://hub.example");
  expect(url("github://o/r?api=https://ghes.example/api/v3")).toBe("https://ghes.example/api/v3");
});
