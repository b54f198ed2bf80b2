import { afterEach, expect, jest, test } from "@jest/globals";
import { adminToken, type ListeningApp, listeningApp } from "../fakes/listening-app.ts";

// Servers start and stop here, with other test files beside them on few processors.
jest.setTimeout(30_000);

let app: ListeningApp | undefined;
afterEach(async () => app?.close());

const path = "/api/v1/admin/models/versions/iris";

test("V1: without the right admin token there is nothing to see, and no answer tells how close it was", async () => {
  app = await listeningApp();
  const { ask, port, talk } = app;
  const token = (value: string) => ({ headers: { authorization: value } });
  const answers = await Promise.all([
    ask(path),
    ask(path, token("Bearer wrong")),
    ask(path, token(`Bearer ${adminToken.slice(0, 10)}`)),
    ask(`${path}?token=${adminToken}&access_token=${adminToken}`),
    ask(path, token(adminToken)),
    ask(path, token(`bearer ${adminToken}`)),
    ask(path, token("Bearer ")),
  ]);
  expect(answers.map(({ status }) => status)).toEqual([401, 403, 403, 401, 401, 401, 401]);
  const bodies = await Promise.all(answers.map((answer) => answer.text()));
  expect(new Set(bodies).size).toBe(2);
  expect(JSON.parse(bodies[0] ?? "")).toMatchObject({ status: 401, code: "E_AUTH" });
  const twice = await talk(
    `GET ${path} HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\nConnection: close\r\n` +
      `Authorization: Bearer ${adminToken}\r\nAuthorization: Bearer wrong\r\n\r\n`,
  );
  expect(twice).toMatch(/^HTTP\/1.1 401 /);
  expect((await ask(path, { admin: true })).status).toBe(200);
});

test("V1: where no token is configured, admin routes are like addresses that never were", async () => {
  const { adminToken: _none, ...config } = { adminToken, version: "1" };
  app = await listeningApp({ config: { ...config, adminToken: undefined as never } });
  const [admin, nothing] = await Promise.all([
    app.ask(path, { admin: true }),
    app.ask("/api/v1/admin/nothing", { admin: true }),
  ]);
  expect([admin.status, nothing.status]).toEqual([404, 404]);
  expect(await admin.text()).toBe(await nothing.text());
});

test("V2: 100 wrong tokens: after ten of them 429 with a time to wait, and the right one still opens", async () => {
  app = await listeningApp();
  const statuses: number[] = [];
  for (let index = 0; index < 100; index += 1) {
    const answer = await app.ask(path, { headers: { authorization: `Bearer guess-${index}` } });
    statuses.push(answer.status);
    if (answer.status === 429) expect(Number(answer.headers.get("retry-after"))).toBeGreaterThan(0);
    await answer.arrayBuffer();
  }
  expect(statuses.slice(0, 10)).toEqual(Array(10).fill(403));
  expect(statuses.slice(10)).toEqual(Array(90).fill(429));
  expect((await app.ask(path, { admin: true })).status).toBe(200);
});

test("V2: a short token may be guessed, so that after too many wrong ones nobody is let in", async () => {
  app = await listeningApp({ config: { adminToken: "short" } });
  for (let index = 0; index < 11; index += 1) {
    await app.ask(path, { headers: { authorization: `Bearer ${index}` } });
  }
  const right = await app.ask(path, { headers: { authorization: "Bearer short" } });
  expect(right.status).toBe(429);
});

test("V3: on the public surface there are no admin routes; what a client says of its address is not believed", async () => {
  app = await listeningApp({ surface: "public" });
  const answer = await app.ask(path, {
    admin: true,
    headers: { "x-forwarded-for": "127.0.0.1", "x-forwarded-host": "localhost" },
  });
  expect(answer.status).toBe(404);
  expect((await app.ask("/health")).status).toBe(200);
});

test("V3: wrong tokens are counted for the connection's address, not for the one that the client names", async () => {
  app = await listeningApp();
  let last = 0;
  for (let index = 0; index < 12; index += 1) {
    const headers = { authorization: "Bearer no", "x-forwarded-for": `10.0.0.${index}` };
    last = (await app.ask(path, { headers })).status;
  }
  expect(last).toBe(429);
});

test("the API key covers every predicting route, by either header", async () => {
  app = await listeningApp({ config: { apiKey: "k".repeat(40) } });
  const body = JSON.stringify({ inputs: [{ name: "x", shape: [1], datatype: "FP32", data: [1] }] });
  const ask = (headers: Record<string, string>, target = "/v2/models/iris/infer") =>
    app?.ask(target, {
      method: "POST",
      body,
      headers: { "content-type": "application/json", ...headers },
    });
  expect((await ask({}))?.status).toBe(401);
  expect((await ask({ "x-api-key": "wrong" }))?.status).toBe(403);
  expect((await ask({ "x-api-key": "k".repeat(40) }))?.status).toBe(200);
  expect((await ask({ "api-key": "k".repeat(40) }))?.status).toBe(200);
  for (const target of ["/predict", "/api/detect", "/api/v1/classify", "/upload"]) {
    expect([target, (await ask({}, target))?.status]).toEqual([target, 401]);
  }
  expect((await app.ask("/v2/models/iris")).status).toBe(200);
});
