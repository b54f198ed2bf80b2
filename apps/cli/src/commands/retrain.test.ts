import { mkdir, writeFile } from "node:fs/promises";
import { expect, jest, test } from "@jest/globals";
import { tempDir } from "@plimsoll/testing";
import { fakeIo } from "../fake-io.ts";
import { main } from "../main.ts";

// A run is a process of its own.
jest.setTimeout(180_000);

/** Sentences of two kinds, a file each. */
async function writeTexts(dir: string, count: number): Promise<void> {
  const words = {
    weather: ["rain", "wind", "storm", "cloud", "sun", "snow", "frost"],
    money: ["bank", "loan", "price", "tax", "bill", "invoice", "rent"],
  };
  for (const [label, list] of Object.entries(words)) {
    await mkdir(`${dir}/${label}`, { recursive: true });
    for (let number = 0; number < count; number++) {
      const text = [0, 1, 2, 3].map((step) => list[(number + step * (number % 5)) % list.length]);
      await writeFile(`${dir}/${label}/${number}.txt`, `${text.join(" ")} number ${number}\n`);
    }
  }
}

test("dataset add, list and retrain: a version in staging, and what was refused by name", async () => {
  await using dir = await tempDir();
  const env = { MODEL_STORE: "./store", PLIMSOLL_CACHE_DIR: dir.join("cache") };
  const run = async (...args: string[]) => {
    const io = fakeIo({ cwd: dir.path, env });
    return { exit: await main(args, io), out: io.out(), err: io.err(), events: io.events };
  };
  await writeTexts(dir.join("texts"), 12);
  await writeFile(dir.join("texts", "money", "run.pkl"), Buffer.from([0x80, 4, 0x95, 0, 0x2e]));
  const added = await run("dataset", "add", "texts", "--model", "topics");
  expect(added).toMatchObject({ exit: 0 });
  expect(added.out).toContain("topics: 24 added, 0 were there, 1 refused\nmoney 12 · weather 12\n");
  expect(added.err).toContain("E_MEDIA money/run.pkl: ");

  await mkdir(dir.join("test", "money"), { recursive: true });
  await writeFile(dir.join("test", "money", "new.txt"), "rent and tax of a house\n");
  const held = await run("dataset", "add", "test", "--model", "topics", "--held-out");
  expect(held).toMatchObject({ exit: 0, out: expect.stringContaining("1 added") });
  const listed = await run("dataset", "list");
  expect(listed.out).toMatch(/CLASS +SAMPLES +HELD OUT +QUARANTINE\n/);
  expect(listed.out).toMatch(/money +12 +1 +0\n/);
  expect(listed.out).toContain("topics: 24 samples, 24 since the last training");
  const csv = await run("dataset", "list", "--csv");
  expect(csv.out.split("\n")).toHaveLength(27);

  expect(await run("retrain", "--min-samples", "100")).toMatchObject({
    exit: 10,
    err: expect.stringContaining("E_SAMPLES topics has 24 samples, 100 are needed"),
  });
  expect(await run("retrain", "--min-samples", "100", "--if-enough")).toMatchObject({
    exit: 0,
    out: expect.stringContaining("topics has 24 samples, 100 are needed"),
    err: "",
  });
  expect(await run("retrain", "--head", "svm")).toMatchObject({ exit: 2 });

  const trained = await run("retrain", "--epochs", "20", "--json");
  expect(trained.err).toBe("");
  expect(trained.exit).toBe(0);
  const events = trained.events();
  expect(events.some(({ type, stage }) => type === "run-stage" && stage === "publish")).toBe(true);
  expect(events.at(-1)).toMatchObject({
    type: "result",
    command: "retrain",
    state: "succeeded",
    version: "v1.0.0",
  });
  expect((await run("versions", "topics")).out).toContain("v1.0.0");
  expect(await run("retrain", "--min-new-samples", "1")).toMatchObject({ exit: 10 });
});

test("a worker needs a Redis, and a model must be named where there are several", async () => {
  await using dir = await tempDir();
  const io = fakeIo({ cwd: dir.path, env: { MODEL_STORE: "./store" } });
  expect(await main(["worker"], io)).toBe(2);
  expect(io.err()).toContain("REDIS_URL: ");
  const none = fakeIo({ cwd: dir.path, env: { MODEL_STORE: "./store" } });
  expect(await main(["dataset", "list"], none)).toBe(2);
  expect(none.err()).toContain("which model?");
});

test("a wrong key of the config's train is named", async () => {
  await using dir = await tempDir();
  const config = { stores: { main: "./store" }, train: { models: { sounds: { clases: [] } } } };
  await writeFile(dir.join("plimsoll.config.json"), JSON.stringify(config));
  const io = fakeIo({ cwd: dir.path });
  expect(await main(["retrain"], io)).toBe(2);
  expect(io.err()).toContain("train.models.sounds.clases: no such key");
});
