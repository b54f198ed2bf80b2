import { afterEach, beforeAll, expect, jest, test } from "@jest/globals";
import { connect, type Socket } from "node:net";
import { checkedBody } from "../answer/body.ts";
import { type ListeningApp, listeningApp } from "../fakes/listening-app.ts";
import { openBodyBudget } from "./body-budget.ts";

// Servers start and stop here, with other test files beside them on few processors.
jest.setTimeout(30_000);

// The schemas are loaded by the first body that is checked; with many tests at once that takes its time.
beforeAll(async () => checkedBody("PinRequest", { pinned: true }), 60_000);

let app: ListeningApp | undefined;
afterEach(async () => app?.close());

const wav = Buffer.concat([Buffer.from("RIFF\0\0\0\0WAVEfmt "), Buffer.alloc(40)]);

test("V4: names that are paths, encoded or not, are found nowhere; only configured names are looked up", async () => {
  const asked: string[] = [];
  app = await listeningApp({
    serving: {
      details: async (model) => {
        asked.push(model);
        return Promise.reject(Object.assign(new Error("no"), { code: "E_NOT_FOUND" }));
      },
    },
  });
  const names = [
    "..",
    "../x",
    "..%2fx",
    "%2e%2e%2f",
    "%2e%2e",
    "%252e%252e%252f",
    "..%5c",
    "..%5cx",
    "#/../",
    "?/../",
    "a".repeat(300),
    "__proto__",
    "constructor%00",
    "%00",
    "iris%2f..%2f..",
    "IRIS",
    "iris%0d%0aX-A:%201",
    "%ff",
    "%zz",
    ".hidden",
    "-rf",
  ];
  for (const name of names) {
    for (const path of [`/api/v1/models/${name}`, `/v2/models/${name}/ready`]) {
      const status = await app.askRaw(path.split("#", 1)[0] ?? "");
      expect([
        name,
        [400, 404, 414].includes(status) || (name === "?/../" && status === 404),
      ]).toEqual([name, true]);
    }
  }
  expect(asked).toEqual([]);
  expect((await app.ask("/api/v1/models/constructor")).status).toBe(404);
});

test("V5: a reload takes a version that the store knows by name: no address, no path, no further field", async () => {
  app = await listeningApp();
  const bodies = [
    { model_type: "iris", version: "https://example.org/evil.onnx" },
    { model_type: "iris", version: "../../tmp/evil" },
    { model_type: "file:///tmp/evil", version: "latest" },
    { model_type: "iris", url: "https://example.org/evil.onnx" },
    { model_type: "iris", path: "/tmp/evil.onnx" },
    {},
  ];
  for (const body of bodies) {
    const answer = await app.ask("/api/v1/admin/reload-models", {
      method: "POST",
      admin: true,
      body: JSON.stringify(body),
      headers: { "content-type": "application/json" },
    });
    expect([body, answer.status]).toEqual([body, 400]);
  }
  expect(app.serving.changes).toEqual([]);
});

test("V6: content types that are not quite JSON are refused, not guessed", async () => {
  app = await listeningApp();
  const { talk, port } = app;
  const body = '{"type":"text","data":"x"}';
  const types = [
    "application/json\ta",
    "application/jsonx",
    "json garbage",
    "text/plain",
    "application/json, text/plain",
    "application/x-www-form-urlencoded",
  ];
  for (const type of types) {
    const answer = await talk(
      `POST /api/v1/classify HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\nConnection: close\r\n` +
        `Content-Type: ${type}\r\nContent-Length: ${body.length}\r\n\r\n${body}`,
    );
    expect([type, answer.slice(9, 12)]).toEqual([type, expect.stringMatching(/^4(00|15)$/)]);
  }
  expect(app.models.asked.begun).toBe(0);
});

/** A form with a boundary of its own, as raw bytes. */
const raw = (parts: string): string => `${parts}\r\n--b--\r\n`;
const formHeaders = { "content-type": "multipart/form-data; boundary=b" };

test("V7: an upload over a limit is 413, whichever limit it is; nothing is kept of it", async () => {
  app = await listeningApp({ config: { limits: { fileBytes: 10_000 } } });
  const { ask, lifecycle } = app;
  const big = new FormData();
  big.set("file", new Blob([new Uint8Array(200_000)]));
  expect((await ask("/predict", { method: "POST", body: big })).status).toBe(413);

  const between = new FormData();
  between.set("file", new Blob([new Uint8Array(20_000)]));
  expect((await ask("/predict", { method: "POST", body: between })).status).toBe(413);

  const field = (name: string, value: string): string =>
    `--b\r\nContent-Disposition: form-data; name="${name}"\r\n\r\n${value}\r\n`;
  const bodies: readonly (readonly [string, string, readonly number[]])[] = [
    ["10,001 parts", raw(field("model", "iris") + field("x", "").repeat(10_000)), [400, 413]],
    ["a field's name of 1 MB", raw(field("n".repeat(1_000_000), "x")), [400, 413]],
    ["a field of 1 MB", raw(field("model", "x".repeat(1_000_000))), [400, 413]],
    ["no file", raw(field("model", "iris")), [400]],
  ];
  for (const [what, body, statuses] of bodies) {
    const answer = await ask("/predict", { method: "POST", body, headers: formHeaders });
    expect([what, statuses.includes(answer.status)]).toEqual([what, true]);
    await answer.arrayBuffer();
  }
  const unbounded = await ask("/predict", {
    method: "POST",
    body: "x",
    headers: { "content-type": "multipart/form-data" },
  });
  expect([400, 415]).toContain(unbounded.status);
  expect(
    (
      await ask("/predict", {
        method: "POST",
        body: "{}",
        headers: { "content-type": "application/json" },
      })
    ).status,
  ).toBe(415);
  expect(app.models.asked.begun).toBe(0);
  // The health of the server is not touched, and nothing waits.
  expect((await ask("/health")).status).toBe(200);
  expect(lifecycle.inFlight).toBeLessThanOrEqual(1);
});

test("V7: a body without end is cut off at the limit", async () => {
  app = await listeningApp({ config: { limits: { fileBytes: 10_000 } } });
  const chunk = `${(8_192).toString(16)}\r\n${"x".repeat(8_192)}\r\n`;
  const { port } = app;
  const received = await new Promise<string>((resolve, reject) => {
    let text = "";
    const socket: Socket = connect(port, "127.0.0.1", () => {
      socket.write(
        `POST /predict HTTP/1.1\r\nHost: 127.0.0.1\r\nTransfer-Encoding: chunked\r\n` +
          `Content-Type: multipart/form-data; boundary=b\r\n\r\n`,
      );
      const head = '--b\r\nContent-Disposition: form-data; name="file"; filename="a"\r\n\r\n';
      socket.write(`${head.length.toString(16)}\r\n${head}\r\n`);
      const more = setInterval(() => socket.write(chunk), 1);
      socket.once("close", () => {
        clearInterval(more);
        resolve(text);
      });
    });
    socket.on("data", (bytes) => (text += bytes.toString("latin1")));
    // The server closes while bytes are on their way: a reset is as good as an end.
    socket.on("error", (error: NodeJS.ErrnoException) =>
      ["ECONNRESET", "EPIPE"].includes(error.code ?? "") ? undefined : reject(error),
    );
  });
  expect(received).toMatch(/^HTTP\/1.1 413 /);
});

test("V8: a client that sends its headers or its body too slowly is cut off; others are answered", async () => {
  app = await listeningApp({
    config: { limits: { headersMs: 300, requestMs: 600, connections: 50 } },
  });
  const { port, talk, ask } = app;
  const slow = [
    talk("GET /health HTTP/1.1\r\nHost: 127.0.0.1\r\nX-Slow:"),
    talk(
      `POST /api/v1/classify HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\nContent-Type: application/json\r\nContent-Length: 100\r\n\r\n{`,
    ),
  ];
  expect((await ask("/health")).status).toBe(200);
  expect(await Promise.all(slow)).toEqual([
    expect.stringMatching(/^HTTP\/1.1 408 /),
    expect.stringMatching(/^HTTP\/1.1 408 /),
  ]);
  expect((await ask("/health")).status).toBe(200);
});

test("V8: there are only so many connections", async () => {
  app = await listeningApp({ config: { limits: { connections: 5 } } });
  const { port } = app;
  const sockets = Array.from({ length: 20 }, () => connect(port, "127.0.0.1"));
  for (const socket of sockets) socket.on("error", () => undefined);
  const closed = (): number => sockets.filter((socket) => socket.closed).length;
  await Promise.all(
    sockets.slice(5).map((socket) => new Promise((resolve) => socket.once("close", resolve))),
  );
  expect(closed()).toBe(15);
  for (const socket of sockets) socket.destroy();
});

test("V15: clients that go in the middle of their upload leave nothing behind", async () => {
  app = await listeningApp({ config: { limits: { heldBytes: 1_000_000, fileBytes: 500_000 } } });
  const { port, lifecycle, models } = app;
  for (let round = 0; round < 200; round += 1) {
    const socket = connect(port, "127.0.0.1");
    socket.on("error", () => undefined);
    await new Promise((resolve) => socket.once("connect", resolve));
    await new Promise((resolve) =>
      socket.write(
        "POST /predict HTTP/1.1\r\nHost: x\r\nContent-Length: 400000\r\n" +
          "Content-Type: multipart/form-data; boundary=b\r\n\r\n" +
          '--b\r\nContent-Disposition: form-data; name="file"; filename="a"\r\n\r\nRIFF',
        resolve,
      ),
    );
    socket.destroy();
  }
  while (lifecycle.inFlight > 0) await new Promise((resolve) => setTimeout(resolve, 5));
  // Three of them that kept their memory would leave no room for another.
  const body = new FormData();
  body.set("file", new Blob([new Uint8Array(wav)]));
  expect((await app.ask("/predict", { method: "POST", body })).status).toBe(200);
  expect(models.asked.begun).toBe(1);
}, 180_000);

test("bodies of requests at the same time are bounded together", async () => {
  const budget = openBodyBudget(100);
  const first = budget.reserve(60, 80);
  expect(() => budget.reserve(60, 80)).toThrow("try again");
  expect(() => budget.reserve(90, 80)).toThrow("at most 80 bytes");
  expect(() => budget.reserve(undefined, 80)).toThrow("try again");
  first();
  first();
  expect(budget.held()).toBe(0);
  budget.reserve(undefined, 80);
  expect(budget.held()).toBe(80);

  app = await listeningApp({ config: { limits: { heldBytes: 1 } } });
  const body = new FormData();
  body.set("file", new Blob([new Uint8Array(wav)]));
  // One alone is always taken, and when it has gone the next.
  for (let index = 0; index < 3; index += 1) {
    expect((await app.ask("/predict", { method: "POST", body })).status).toBe(200);
  }
});
