import { afterEach, beforeAll, expect, jest, test } from "@jest/globals";
import { checkedBody } from "../answer/body.ts";
import { type ListeningApp, listeningApp } from "../fakes/listening-app.ts";

// Servers start and stop here, with other test files beside them on few processors.
jest.setTimeout(30_000);

// The schemas are loaded by the first body that is checked; with many tests at once that takes its time.
beforeAll(async () => checkedBody("PinRequest", { pinned: true }), 60_000);

let app: ListeningApp | undefined;
afterEach(async () => app?.close());

const base = "/api/v1/admin";
const send = async (
  method: string,
  path: string,
  body?: unknown,
  headers: Record<string, string> = { "content-type": "application/json" },
) => {
  const answer = await app?.ask(path, {
    method,
    admin: true,
    headers: body === undefined ? {} : headers,
    ...(body !== undefined && { body: typeof body === "string" ? body : JSON.stringify(body) }),
  });
  return { status: answer?.status, body: (await answer?.json()) as Record<string, unknown> };
};

test("the hot-reload seed's requests, also without a content type as curl -d sends them", async () => {
  app = await listeningApp();
  const body = { model_type: "visual_detector", version: "v2.1.0", force_download: true };
  const reloaded = await send("POST", `${base}/reload-models`, body);
  expect(reloaded).toMatchObject({ status: 200, body: { success: true, version: "v2.1.0" } });
  const asForm = { "content-type": "application/x-www-form-urlencoded" };
  const all = JSON.stringify({ model_type: "all", force_download: true });
  expect(await send("POST", `${base}/reload-models`, all, asForm)).toMatchObject({ status: 200 });
  expect(await send("POST", `${base}/reload-models`, "model_type=all", asForm)).toMatchObject({
    status: 415,
  });
  expect(app.serving.changes.map(([what]) => what)).toEqual(["reload", "reload"]);
  expect((await send("GET", `${base}/models/versions/iris`)).body).toMatchObject({
    model_name: "iris",
    versions: ["v1.0.0"],
    latest: "v1.0.0",
    storage_type: "local",
  });
  expect((await send("GET", `${base}/models/metadata/iris`)).body).toMatchObject({
    version: "v1.0.0",
  });
  expect((await send("POST", `${base}/cache/clear`)).status).toBe(200);
  expect((await send("GET", `${base}/health`)).body).toMatchObject({
    status: "healthy",
    storage: { connected: true },
  });
});

test("V12, V13: a reload that fails tells its reason and the status of it; of several the answer tells which", async () => {
  const failed = {
    model: "iris",
    success: false,
    version: "v1.0.0",
    outcome: "failed" as const,
    error: { code: "E_SUPERSEDED", message: "a newer request came first" },
  };
  const answer = {
    success: false,
    model_type: "iris",
    version: "v2.0.0",
    message: "failed",
    reloaded_at: new Date(0).toISOString(),
    scope: "local" as const,
  };
  app = await listeningApp({
    serving: {
      reload: async ({ model_type }) => ({
        ...answer,
        models: model_type === "all" ? [failed, { ...failed, model: "b" }] : [failed],
      }),
    },
  });
  expect(await send("POST", `${base}/reload-models`, { model_type: "iris" })).toMatchObject({
    status: 409,
    body: { code: "E_SUPERSEDED", detail: "a newer request came first" },
  });
  expect(await send("POST", `${base}/reload-models`, { model_type: "all" })).toMatchObject({
    status: 200,
    body: { success: false, models: [{ model: "iris" }, { model: "b" }] },
  });
});

test("promote, rollback, traffic, pin and unload reach the serving as they were sent", async () => {
  app = await listeningApp();
  const promotion = { version: "v2.0.0", channel: "production", expect: "v1.0.0", dryRun: true };
  expect(await send("POST", `${base}/models/iris/promote`, promotion)).toMatchObject({
    status: 200,
    body: { to: "v2.0.0", dryRun: true, moved: false },
  });
  await send("POST", `${base}/models/iris/rollback`, { channel: "production" });
  await send("POST", `${base}/models/iris/traffic`, { weights: { "v1.0.0": 9, "v2.0.0": 1 } });
  await send("POST", `${base}/models/iris/pin`, { pinned: true });
  await send("POST", `${base}/models/iris/unload`);
  expect(app.serving.changes).toEqual([
    ["promote", "iris", promotion],
    ["rollback", "iris", { channel: "production" }],
    ["traffic", "iris", { weights: { "v1.0.0": 9, "v2.0.0": 1 } }],
    ["pin", "iris", true],
    ["unload", "iris"],
  ]);
  expect((await send("POST", `${base}/models/iris/pin`, { pinned: "yes" })).status).toBe(400);
  expect((await send("POST", `${base}/models/other/unload`)).status).toBe(404);
});

test("a configuration wants the etag that was read: none 428, another 412, a bad one 400", async () => {
  app = await listeningApp();
  const put = (body: unknown, etag?: string) =>
    send("PUT", `${base}/models/iris/config`, body, {
      "content-type": "application/json",
      ...(etag !== undefined && { "if-match": etag }),
    });
  expect((await put({ confidence_threshold: 0.5 })).status).toBe(428);
  expect((await put({ confidence_threshold: 0.5 }, '"0"')).status).toBe(412);
  expect((await put({ confidence_threshold: 1.5 }, '"1"')).status).toBe(400);
  expect((await put({ weights_url: "x" }, '"1"')).status).toBe(400);
  expect(await put({ confidence_threshold: 0.5 }, '"1"')).toMatchObject({
    status: 200,
    body: { etag: '"2"', value: { confidence_threshold: 0.5 } },
  });
});

/** Reads a stream of events until it has so many. */
async function readEvents(answer: Response, count: number): Promise<unknown[]> {
  const events: unknown[] = [];
  let text = "";
  const reader = (answer.body as ReadableStream<Uint8Array>).getReader();
  while (events.length < count) {
    const { value, done } = await reader.read();
    if (done) break;
    text += Buffer.from(value).toString();
    const lines = text.split("\n");
    text = lines.pop() ?? "";
    for (const line of lines) {
      if (line.startsWith("data: ")) events.push(JSON.parse(line.slice(6)));
    }
  }
  await reader.cancel();
  return events;
}

test("events are read as a stream, from where a reader left off; a reader that goes is forgotten", async () => {
  app = await listeningApp();
  const { ask, serving, lifecycle } = app;
  serving.emit({ type: "loading", model: "iris" });
  serving.emit({ type: "loaded", model: "iris" });
  const stream = await ask(`${base}/events`, { admin: true, headers: { "last-event-id": "1" } });
  expect(stream.headers.get("content-type")).toMatch(/^text\/event-stream/);
  serving.emit({ type: "swapped", model: "iris", message: "line\nbreak" });
  expect(await readEvents(stream, 2)).toMatchObject([
    { id: 2, type: "loaded" },
    { id: 3, type: "swapped", message: "line\nbreak" },
  ]);
  expect((await send("GET", `${base}/events/recent`)).body).toMatchObject({
    events: [{ id: 3 }, { id: 2 }, { id: 1 }],
  });
  while (lifecycle.streams.size > 0) await new Promise((resolve) => setTimeout(resolve, 5));
});

test("without a training pipeline its routes say so; with one they are served", async () => {
  app = await listeningApp();
  expect(await send("GET", "/training/runs")).toMatchObject({
    status: 503,
    body: { code: "E_CLOSED" },
  });
  expect(await send("POST", "/retrain", {})).toMatchObject({ status: 503 });
  await app.close();

  const run = {
    id: "r1",
    model: "iris",
    state: "succeeded" as const,
    progress: 1,
    createdAt: new Date(0).toISOString(),
    curve: [],
  };
  const uploads: unknown[] = [];
  app = await listeningApp({
    training: {
      upload: async ({ className, bytes, fileName }) => {
        uploads.push([className, bytes.length, fileName]);
        return { path: "datasets/iris/cat/1.wav", class: className, stored: true };
      },
      retrain: async ({ model }) =>
        model === "busy"
          ? { success: false, status: "in_progress", message: "one runs", run: "r0" }
          : { success: true, status: "started", message: "started", run: "r1" },
      runs: async () => [run],
      run: async (id) =>
        id === "r1" ? run : Promise.reject(Object.assign(new Error("no"), { code: "E_NOT_FOUND" })),
      async *events(id) {
        yield { at: new Date(0).toISOString(), run: id, type: "state", state: "succeeded" };
      },
      cancel: async () => run,
      datasets: async () => [],
      dataset: async (model) => ({
        model,
        samples: 0,
        newSamples: 0,
        quarantined: 0,
        classes: {},
        quarantine: [],
      }),
      close: async () => undefined,
    },
  });
  expect((await send("POST", "/retrain", { min_samples: 100 })).status).toBe(202);
  expect((await send("POST", "/retrain")).status).toBe(202);
  expect(await send("POST", "/retrain", { model: "busy" })).toMatchObject({
    status: 200,
    body: { success: false, status: "in_progress", run: "r0" },
  });
  expect((await send("GET", "/training/runs/r1")).status).toBe(200);
  expect((await send("GET", "/training/runs/r2")).status).toBe(404);
  expect((await send("GET", "/training/runs/r2/events")).status).toBe(404);
  const stream = await app.ask("/training/runs/r1/events", { admin: true });
  expect(await readEvents(stream, 9)).toMatchObject([{ run: "r1", state: "succeeded" }]);

  const form = new FormData();
  form.set("class_name", "=cmd()");
  form.set("file", new Blob([Buffer.from("RIFF\0\0\0\0WAVE")]), "../../shot.wav");
  const answer = await app.ask("/upload", { method: "POST", body: form });
  expect(await answer.json()).toMatchObject({
    success: true,
    file_path: "datasets/iris/cat/1.wav",
    s3_uploaded: true,
  });
  expect(uploads).toEqual([["=cmd()", 12, "shot.wav"]]);
});
