import { afterEach, beforeAll, expect, jest, test } from "@jest/globals";
import { InferenceError } from "@plimsoll/inference";
import { checkedBody } from "../answer/body.ts";
import { type ListeningApp, listeningApp } from "../fakes/listening-app.ts";

// Servers start and stop here, with other test files beside them on few processors.
jest.setTimeout(30_000);

// The schemas are loaded by the first body that is checked; with many tests at once that takes its time.
beforeAll(async () => checkedBody("PinRequest", { pinned: true }), 60_000);

let app: ListeningApp | undefined;
afterEach(async () => app?.close());

const wav = Buffer.concat([Buffer.from("RIFF\0\0\0\0WAVEfmt "), Buffer.alloc(40)]);
const png = (width: number, height: number): Buffer => {
  const bytes = Buffer.alloc(64);
  bytes.set([0x89, 0x50, 0x4e, 0x47, 13, 10, 26, 10, 0, 0, 0, 13, 0x49, 0x48, 0x44, 0x52]);
  bytes.writeUInt32BE(width, 16);
  bytes.writeUInt32BE(height, 20);
  return bytes;
};

function form(part: string, bytes: Uint8Array, fields: Record<string, string> = {}): FormData {
  const data = new FormData();
  for (const [name, value] of Object.entries(fields)) data.set(name, value);
  data.set(part, new Blob([new Uint8Array(bytes)]), "../../etc/passwd");
  return data;
}
const post = (path: string, body: FormData) => app?.ask(path, { method: "POST", body });

test("POST /predict classifies a sound in the words of the contract, and names what answered", async () => {
  app = await listeningApp({ now: () => 1_700_000_000_000 });
  const answer = await post("/predict", form("file", wav, { model: "iris" }));
  expect(answer?.status).toBe(200);
  expect(answer?.headers.get("x-model-version")).toBe("v1.0.0");
  expect(answer?.headers.get("x-model-digest")).toBe("ab".repeat(32));
  expect(await answer?.json()).toEqual({
    success: true,
    predicted_class: "cat",
    confidence: 0.75,
    all_probabilities: { cat: 0.75, dog: 0.25 },
    processing_time: 0.012,
    timestamp: "2023-11-14T22:13:20.000Z",
    model: "iris",
    version: "v1.0.0",
  });
  expect(await (await app.ask("/status")).json()).toMatchObject({ total_predictions: 1 });
});

test("POST /api/detect gives boxes in pixels of the original", async () => {
  const box = { x1: 1, y1: 2, x2: 3, y2: 4 };
  app = await listeningApp({
    models: {
      output: {
        kind: "detections",
        detections: [{ class: "car", classId: 2, confidence: 0.5, box }],
        image: { width: 64, height: 48 },
      },
    },
  });
  const answer = await post("/api/detect", form("image", png(64, 48), { confidence: "0.4" }));
  expect(await answer?.json()).toEqual({
    success: true,
    model: "iris",
    version: "v1.0.0",
    detections: [{ class: "car", class_id: 2, confidence: 0.5, box }],
    image: { width: 64, height: 48 },
    processing_time: 0.012,
  });
  const wrong = await post("/api/detect", form("image", png(64, 48), { confidence: "1e3" }));
  expect(wrong?.status).toBe(400);
});

test("POST /api/v1/classify takes a text, or a file in base64", async () => {
  const inputs: unknown[] = [];
  app = await listeningApp({
    serving: {
      predict: async ({ input, tasks }) => {
        inputs.push([input.kind, tasks]);
        throw new InferenceError("E_INPUT", "too short");
      },
    },
  });
  const ask = async (body: unknown) => {
    const answer = await app?.ask("/api/v1/classify", {
      method: "POST",
      body: JSON.stringify(body),
      headers: { "content-type": "application/json" },
    });
    return [answer?.status, ((await answer?.json()) as { code: string }).code];
  };
  expect(await ask({ type: "text", data: "a threat" })).toEqual([422, "E_INPUT"]);
  expect(await ask({ type: "audio", data: wav.toString("base64") })).toEqual([422, "E_INPUT"]);
  expect(inputs).toEqual([
    ["text", ["text-classification"]],
    ["audio", ["audio-classification"]],
  ]);
  expect(await ask({ type: "visual", data: wav.toString("base64") })).toEqual([415, "E_MEDIA"]);
  expect(await ask({ type: "audio", data: "no base64!" })).toEqual([400, "E_USAGE"]);
  expect(await ask({ type: "video", data: "" })).toEqual([400, "E_USAGE"]);
  expect(await ask({ type: "text", data: "x", path: "/etc/passwd" })).toEqual([400, "E_USAGE"]);
});

test("V9: a picture of 14,000 × 14,000 pixels is refused by its header, before any model is asked", async () => {
  app = await listeningApp();
  const answer = await post("/predict", form("file", png(14_000, 14_000)));
  expect(answer?.status).toBe(422);
  expect(await answer?.json()).toMatchObject({ code: "E_INPUT", status: 422 });
  expect(app.models.asked.begun).toBe(0);
});

test("V10: what is no picture or sound by its first bytes is refused, whatever it is called", async () => {
  app = await listeningApp();
  const files: readonly Uint8Array[] = [
    Buffer.from("PK\x03\x04 a zip"),
    Buffer.from([0x1f, 0x8b, 8, 0, 0, 0, 0, 0]),
    Buffer.from('<svg xmlns="http://www.w3.org/2000/svg"><image href="file:///etc/passwd"/></svg>'),
    Buffer.from("GIF89a animated"),
    Buffer.from("%PDF-1.7"),
    Buffer.from("<!doctype html><script>alert(1)</script>"),
    Buffer.from("RIFF\0\0\0\0AVI LIST"),
    Buffer.from("\x93NUMPY\x01\0"),
  ];
  for (const file of files) {
    const body = form("file", new Uint8Array());
    body.set("file", new Blob([new Uint8Array(file)], { type: "image/png" }), "cat.png");
    expect((await post("/predict", body))?.status).toBe(415);
  }
  expect(app.models.asked.begun).toBe(0);
});

test("V16: a full queue is 503 with a time to wait; a model that hangs, crashes or cannot be loaded is not the client's fault", async () => {
  const faults: readonly (readonly [InferenceError, number])[] = [
    [new InferenceError("E_BUSY", "queue full", { retryAfterSeconds: 2.2 }), 503],
    [new InferenceError("E_TIMEOUT", "no answer", { retryAfterSeconds: 1 }), 504],
    [new InferenceError("E_CRASH", "ended", { retryAfterSeconds: 1 }), 503],
    [new InferenceError("E_MODEL", "/secret/path is damaged"), 503],
    [new InferenceError("E_MEMORY", "needs 900 MB of 512"), 503],
    [new InferenceError("E_OUTPUT", "NaN"), 500],
  ];
  for (const [error, status] of faults) {
    app = await listeningApp({ serving: { predict: async () => Promise.reject(error) } });
    const answer = await post("/predict", form("file", wav));
    const text = await answer?.text();
    expect([error.code, answer?.status]).toEqual([error.code, status]);
    expect(answer?.headers.get("content-type")).toMatch(/^application\/problem\+json/);
    expect(JSON.parse(text ?? "")).toMatchObject({ code: error.code, status });
    expect(text).not.toContain("/secret/path");
    if (status === 503) expect(Number(answer?.headers.get("retry-after"))).toBeGreaterThan(0);
    if (error.code === "E_BUSY") expect(answer?.headers.get("retry-after")).toBe("3");
    await app.close();
  }
});

test("V15: when the client goes, its prediction is ended", async () => {
  let signalled: (() => void) | undefined;
  const aborted = new Promise<void>((resolve) => (signalled = resolve));
  let begun: (() => void) | undefined;
  const asked = new Promise<void>((resolve) => (begun = resolve));
  app = await listeningApp({
    serving: {
      predict: async ({ signal }) => {
        begun?.();
        await new Promise<void>((resolve) => signal?.addEventListener("abort", () => resolve()));
        signalled?.();
        throw new InferenceError("E_ABORTED", "gone");
      },
    },
  });
  const controller = new AbortController();
  const asking = app.ask("/predict", {
    method: "POST",
    body: form("file", wav),
    signal: controller.signal,
  });
  await asked;
  controller.abort();
  await expect(asking).rejects.toThrow();
  await aborted;
  expect((await app.ask("/health")).status).toBe(200);
});
