import { expect, jest, test } from "@jest/globals";
import { openStore } from "@plimsoll/storage";
import { tempDir } from "@plimsoll/testing";
import { readRelease } from "@plimsoll/weights";
import { madeSound, soundMakers } from "./testing/made-sounds.ts";
import { adminToken, runningServer } from "./testing/running-server.ts";

const isNightly = process.env["PLIMSOLL_NIGHTLY"] === "1";
// A server, its child that trains and the child that serves are processes of their own.
jest.setTimeout(isNightly ? 1_800_000 : 600_000);

const classes = Object.keys(soundMakers).slice(0, isNightly ? 10 : 3);
/** Originals of each class, and of those that come later. By night 1,200 and 100. */
const [first, later] = isNightly ? [120, 10] : [14, 4];
const held = isNightly ? 20 : 5;

const admin = { authorization: `Bearer ${adminToken}` };

async function upload(url: string, label: string, number: number, sound = label): Promise<unknown> {
  const form = new FormData();
  form.set("file", new Blob([madeSound(sound, number)]), `${label} ${number}.wav`);
  form.set("class_name", label);
  const reply = await fetch(`${url}/upload`, { method: "POST", body: form });
  return await reply.json();
}

async function uploadAll(url: string, from: number, count: number): Promise<void> {
  for (const label of classes) {
    for (let number = from; number < from + count; number++) {
      expect(await upload(url, label, number)).toMatchObject({ success: true, s3_uploaded: true });
    }
  }
}

/** Retrains and reads the events until the run has ended. */
async function retrain(url: string, minNewSamples: number): Promise<Record<string, unknown>> {
  const reply = await fetch(`${url}/retrain`, {
    method: "POST",
    headers: { ...admin, "content-type": "application/json" },
    body: JSON.stringify({
      model: "sounds",
      min_new_samples: minNewSamples,
      trigger_reason: "story",
    }),
  });
  const started = (await reply.json()) as Record<string, unknown>;
  expect(started).toMatchObject({ success: true, status: "started" });
  expect(reply.status).toBe(202);
  const run = String(started["run"]);
  const stream = await fetch(`${url}/training/runs/${run}/events`, { headers: admin });
  const text = await stream.text();
  expect(text).toContain('"stage":"publish"');
  const answer = await fetch(`${url}/training/runs/${run}`, { headers: admin });
  return (await answer.json()) as Record<string, unknown>;
}

async function predict(url: string, bytes: Uint8Array): Promise<[string, string | null]> {
  const form = new FormData();
  form.set("file", new Blob([bytes]), "x.wav");
  form.set("model", "sounds");
  const reply = await fetch(`${url}/predict`, { method: "POST", body: form });
  const answer = (await reply.json()) as Record<string, unknown>;
  return [
    String(answer["predicted_class"] ?? answer["detail"]),
    reply.headers.get("x-model-version"),
  ];
}

async function accuracy(url: string, version: string): Promise<number> {
  let right = 0;
  for (const label of classes) {
    for (let number = 0; number < held; number++) {
      const [answered, served] = await predict(url, madeSound(label, 100_000 + number));
      expect(served).toBe(version);
      if (answered === label) right += 1;
    }
  }
  return right / (classes.length * held);
}

test("upload, retrain, publish, served; again with new samples: a small update, taken while serving", async () => {
  await using dir = await tempDir();
  await using server = await runningServer(dir.path, {
    sounds: { classes, promoteTo: "production", minSamples: 20 },
  });
  const { url } = server;
  await uploadAll(url, 0, first);
  expect(await upload(url, classes[0] ?? "", 0)).toMatchObject({
    success: true,
    class: classes[0],
  });
  expect(await upload(url, "unheard_of", 1, "noise")).toMatchObject({ code: "E_CLASS" });

  const one = await retrain(url, 0);
  expect(one).toMatchObject({ state: "succeeded", version: "v1.0.0" });
  expect(await accuracy(url, "v1.0.0")).toBeGreaterThanOrEqual(0.9);

  await uploadAll(url, first, later);
  const two = await retrain(url, later);
  expect(two).toMatchObject({ state: "succeeded", version: "v1.1.0", baseline: "v1.0.0" });
  // The promoted version is taken at once, or at the server's next look.
  for (let tries = 0; tries < 100; tries++) {
    const [, served] = await predict(url, madeSound(classes[0] ?? "", 1));
    if (served === "v1.1.0") break;
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
  expect(await accuracy(url, "v1.1.0")).toBeGreaterThanOrEqual(0.9);

  const store = await openStore(dir.join("store"));
  const before = await readRelease(store, "sounds", "v1.0.0");
  const after = await readRelease(store, "sounds", "v1.1.0");
  const weights = after.manifest.manifest.weights;
  const known = new Set(
    [...before.manifest.manifest.weights.values()].map((each) => each.checksum),
  );
  const fresh = [...weights.values()].filter(({ checksum }) => !known.has(checksum));
  const bytes = fresh.reduce((sum, { size = 0 }) => sum + size, 0);
  expect(bytes).toBeLessThan(100_000);
  if (isNightly) process.stdout.write(`update ${bytes} bytes; ${JSON.stringify(two["metrics"])}\n`);
  await store.close();
});
