import { afterEach, expect, jest, test } from "@jest/globals";
import { InferenceError } from "@plimsoll/inference";
import { adminToken, type ListeningApp, listeningApp } from "./fakes/listening-app.ts";
import { openLog } from "./log.ts";

// Servers start and stop here, with other test files beside them on few processors.
jest.setTimeout(30_000);

let app: ListeningApp | undefined;
afterEach(async () => app?.close());

function captured() {
  const lines: string[] = [];
  return { lines, log: openLog("trace", { write: (line: string) => void lines.push(line) }) };
}

test("V17: no secret, no path and no stack reaches a client or the log, however it was sent", async () => {
  const { lines, log } = captured();
  const canary = "canary-5c1f9e";
  app = await listeningApp({
    log,
    config: { apiKey: `${canary}-key-000000000000000000000000` },
    serving: {
      details: async () => {
        throw new InferenceError("E_MODEL", `/srv/${canary}/model.onnx: damaged`);
      },
      versions: async () => {
        throw new TypeError(`${canary} is undefined`);
      },
    },
  });
  const { ask } = app;
  const infer = { method: "POST", body: "{}" };
  const json = { "content-type": "application/json" };
  const answers = [
    await ask(`/status?token=${canary}&api_key=${canary}`),
    await ask("/api/v1/admin/health", { headers: { authorization: `Bearer ${canary}` } }),
    await ask("/api/v1/admin/health", { headers: { cookie: `session=${canary}` }, admin: true }),
    await ask("/v2/models/iris/infer", { ...infer, headers: { ...json, "x-api-key": canary } }),
    await ask("/v2/models/iris/infer", {
      ...infer,
      headers: { ...json, "api-key": `${canary}-key-000000000000000000000000` },
    }),
    await ask("/api/v1/models/iris"),
    await ask(`/nothing/${"a".repeat(10)}?secret=${canary}`),
  ];
  const texts = await Promise.all(answers.map((answer) => answer.text()));
  expect(texts.join("\n")).not.toContain(canary);
  expect(texts.join("\n")).not.toMatch(/node_modules|\.ts:\d|at .*\(/);

  const bug = await ask("/api/v1/admin/models/versions/iris", { admin: true });
  expect(bug.status).toBe(500);
  const problem = (await bug.json()) as { requestId: string };
  expect(JSON.stringify(problem)).not.toContain(canary);

  // The log names the request of the failure; what failed is in it, secrets are not.
  const text = lines.join("");
  expect(text).toContain(problem.requestId);
  for (const secret of [adminToken, `token=${canary}`, `Bearer ${canary}`, `${canary}-key`]) {
    expect(text).not.toContain(secret);
  }
});

test("V17: what a client sends cannot begin a line of its own in the log", async () => {
  const { lines, log } = captured();
  app = await listeningApp({ log });
  await app.askRaw('/nothing/%0d%0a{"level":"fatal"}');
  log.info({ model: 'a\n{"level":"fatal"}', token: "secret-1", nested: { password: "secret-2" } });
  log.error({ err: new Error("b\nc") }, "d\ne");
  for (const line of lines) {
    expect(line.trimEnd()).not.toContain("\n");
    expect(JSON.parse(line)).not.toMatchObject({ level: "fatal" });
  }
  expect(lines.join("")).not.toMatch(/secret-[12]/);
});

test("every answer is one line with its status and time; probes are not logged", async () => {
  const { lines, log } = captured();
  app = await listeningApp({ log });
  await app.ask("/health");
  await app.ask("/status?x=1");
  const answered = lines
    .map((line) => JSON.parse(line) as { msg: string; req?: { path: string }; status?: number })
    .filter(({ msg }) => msg === "answered");
  expect(answered).toMatchObject([{ req: { path: "/status" }, status: 200 }]);
});
