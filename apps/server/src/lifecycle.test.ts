import { afterEach, expect, jest, test } from "@jest/globals";
import { fakeModels } from "./fakes/fake-models.ts";
import { fakeServing } from "./fakes/fake-serving.ts";
import { adminToken } from "./fakes/listening-app.ts";
import { openServer, type RunningServer } from "./open-server.ts";

// Servers start and stop here, with other test files beside them on few processors.
jest.setTimeout(30_000);

let server: RunningServer | undefined;
afterEach(async () => server?.close({ drainMs: 0 }));

const body = JSON.stringify({ inputs: [{ name: "x", shape: [1], datatype: "INT8", data: [1] }] });

async function serve(options: { readonly adminPort?: number } = {}) {
  const models = fakeModels();
  let open = (): void => undefined;
  const opened = new Promise<void>((resolve) => (open = resolve));
  let waiting = 0;
  const closed: string[] = [];
  const serving = fakeServing(models, {
    predict: async ({ input }) => {
      waiting += 1;
      await opened;
      return models.predict("iris", input);
    },
    close: async () => void closed.push("serving"),
  });
  const config = { version: "1", adminToken };
  server = await openServer({ models, serving, config, host: "127.0.0.1", port: 0, ...options });
  const { port } = server;
  const ask = (path: string, init: RequestInit = {}, on = port) =>
    fetch(`http://127.0.0.1:${on}${path}`, init);
  const infer = () =>
    ask("/v2/models/iris/infer", {
      method: "POST",
      body,
      headers: { "content-type": "application/json" },
    });
  return { server, serving, ask, infer, open: () => open(), waiting: () => waiting, closed };
}

const until = async (condition: () => boolean): Promise<void> => {
  while (!condition()) await new Promise((resolve) => setTimeout(resolve, 5));
};

test("V14: on the signal what is in flight is answered, new work is 503, readiness is gone, streams end", async () => {
  const { server: running, ask, infer, open, waiting, closed } = await serve();
  const inFlight = Array.from({ length: 20 }, infer);
  await until(() => waiting() === 20);
  const stream = await ask("/api/v1/admin/events", {
    headers: { authorization: `Bearer ${adminToken}` },
  });
  const ending = running.close();
  const refused = await infer();
  expect([refused.status, refused.headers.get("retry-after")]).toEqual([503, "5"]);
  expect((await ask("/health/ready")).status).toBe(503);
  expect((await ask("/health/live")).status).toBe(200);
  await stream.text();
  open();
  const answers = await Promise.all(inFlight);
  expect(answers.map(({ status }) => status)).toEqual(Array(20).fill(200));
  await Promise.all(answers.map((answer) => answer.arrayBuffer()));
  expect(await ending).toBe(0);
  expect(closed).toEqual(["serving"]);
  await expect(ask("/health")).rejects.toThrow();
});

test("V14: who does not answer in time is cut off, and counted", async () => {
  const { server: running, infer, waiting } = await serve();
  const asking = infer();
  const failed = expect(asking).rejects.toThrow();
  await until(() => waiting() === 1);
  expect(await running.close({ drainMs: 50 })).toBe(1);
  await failed;
});

test("V3: with an admin port of its own the public one has no admin routes", async () => {
  const { server: running, ask } = await serve({ adminPort: 0 });
  const headers = { authorization: `Bearer ${adminToken}` };
  expect(running.adminPort).not.toBe(running.port);
  expect((await ask("/api/v1/admin/health", { headers })).status).toBe(404);
  expect((await ask("/api/v1/admin/health", { headers }, running.adminPort)).status).toBe(200);
});

test("a model that is asked for an answer without end does not keep health from answering", async () => {
  const { ask, infer, waiting, open } = await serve();
  const asking = infer();
  await until(() => waiting() === 1);
  expect((await ask("/health")).status).toBe(200);
  open();
  await (await asking).arrayBuffer();
});
