import { readdir, readFile, writeFile } from "node:fs/promises";
import { expect, test } from "@jest/globals";
import { type Driver, openStore } from "@plimsoll/storage";
import { tempDir } from "@plimsoll/testing";
import { openSamples } from "./open-samples.ts";
import { readJson } from "./read-json.ts";
import type { SamplesOptions } from "./samples.ts";
import { tone, wave } from "../testing/sounds.ts";

async function withSamples(
  act: (
    store: Driver,
    open: (more?: Partial<SamplesOptions>) => ReturnType<typeof openSamples>,
  ) => Promise<void>,
): Promise<void> {
  await using dir = await tempDir();
  const store = await openStore(dir.join("store"));
  const open = (more: Partial<SamplesOptions> = {}) =>
    openSamples({
      store,
      spoolDir: dir.join("spool"),
      rules: () => ({ classes: ["gun_shot", "engine"] }),
      retryMs: 0,
      ...more,
    });
  await act(store, open);
  await store.close();
}

/** The store with some calls failing as an unreachable host does. */
const broken = (store: Driver, isDown: () => boolean): Driver => {
  const down = (): void => {
    if (isDown()) throw Object.assign(new Error("connect refused"), { code: "E_NETWORK" });
  };
  return {
    ...store,
    kind: store.kind,
    url: store.url,
    write: async (...args) => (down(), await store.write(...args)),
    read: async (...args) => (down(), await store.read(...args)),
    list: (...args) => (down(), store.list(...args)),
  };
};

const names = async (store: Driver, prefix: string): Promise<string[]> => {
  const keys: string[] = [];
  for await (const { key } of store.list(prefix)) keys.push(key.slice(prefix.length));
  return keys.sort();
};

test("V18: a sample gets a name of the server's, and what the sender said is provenance", async () => {
  await withSamples(async (store, open) => {
    const samples = open({ now: () => new Date("2026-11-21T10:00:00Z") });
    const added = await samples.add({
      model: "sounds",
      class: "gun_shot",
      bytes: tone(440),
      name: "=cmd|' /C calc'!A0../../etc/passwd\u202e.wav",
      by: "ranger",
      from: "127.0.0.1",
    });
    expect(added).toMatchObject({ state: "stored", class: "gun_shot", seconds: 0.5 });
    expect(added.key).toBe(`datasets/sounds/originals/gun_shot/${added.sha256}.wav`);
    expect(await names(store, "datasets/sounds/originals/")).toEqual([
      `gun_shot/${added.sha256}.wav`,
    ]);
    const label = `datasets/sounds/provenance/${added.sha256}.json`;
    expect((await readJson(store, label))?.json).toEqual({
      schema: 1,
      model: "sounds",
      class: "gun_shot",
      sha256: added.sha256,
      size: 16044,
      kind: "audio",
      file: `${added.sha256}.wav`,
      original_name: "=cmd|' /C calc'!A0../../etc/passwd\\u202e.wav",
      seconds: 0.5,
      uploaded_at: "2026-11-21T10:00:00.000Z",
      uploaded_by: "ranger",
      uploaded_from: "127.0.0.1",
    });
    await samples.close();
  });
});

test("V18: duplicates are taken once, and the same bytes under another label are refused", async () => {
  await withSamples(async (store, open) => {
    const samples = open();
    const upload = { model: "sounds", class: "gun_shot", bytes: tone(440) };
    const both = await Promise.all([samples.add(upload), samples.add(upload)]);
    expect(both.map(({ state }) => state).sort()).toEqual(["duplicate", "stored"]);
    expect((await samples.add(upload)).state).toBe("duplicate");
    await expect(samples.add({ ...upload, class: "engine", name: "x.wav" })).rejects.toMatchObject({
      code: "E_CLASS",
      message: expect.stringContaining('x.wav: the same bytes are a sample of "gun_shot"'),
    });
    expect(await names(store, "datasets/sounds/originals/")).toHaveLength(1);
    expect(await samples.counts("sounds")).toMatchObject({
      samples: 1,
      classes: { gun_shot: 1 },
      waiting: 0,
    });
  });
});

test.each(["../up", "=cmd()", "a/b", "", "<b>", "x".repeat(65), "con\u0000"])(
  "V18: the label %j is refused",
  async (label) => {
    await withSamples(async (_, open) => {
      const add = open({ rules: () => ({ newClasses: true }) }).add;
      await expect(add({ model: "sounds", class: label, bytes: tone(440) })).rejects.toMatchObject({
        code: "E_CLASS",
      });
    });
  },
);

test("a label that nobody knows is refused unless new ones are allowed", async () => {
  await withSamples(async (_, open) => {
    const bytes = tone(440);
    await expect(open().add({ model: "sounds", class: "lion", bytes })).rejects.toMatchObject({
      code: "E_CLASS",
      message: expect.stringContaining("lion: no class of sounds (engine, gun_shot)"),
    });
    const samples = open({ rules: () => ({ newClasses: true }) });
    expect((await samples.add({ model: "sounds", class: "big cat", bytes })).class).toBe("big_cat");
    // From now on it is a class of the dataset.
    await open().add({ model: "sounds", class: "big_cat", bytes: tone(441) });
  });
});

test.each([
  ["an npz archive with an object array", Buffer.from("PK\x03\x04 arr_0.npy \x80\x04."), "E_MEDIA"],
  ["a pickle", Buffer.from("\x80\x04\x95\x00cposix\nsystem\n", "latin1"), "E_MEDIA"],
  ["HDF5", Buffer.from("\x89HDF\r\n\x1a\n\x00\x00", "latin1"), "E_MEDIA"],
  ["nothing", Buffer.alloc(0), "E_INPUT"],
  ["a WAVE header without sound", wave(0, () => 0), "E_INPUT"],
  ["a sound of three minutes", wave(180, () => 0, 8000), "E_INPUT"],
  ["a text for a model of sounds", Buffer.from("!!python/object/apply:os.system [id]"), "E_MEDIA"],
])("V19: %s is refused by its content, whatever its name", async (_, bytes, code) => {
  await withSamples(async (store, open) => {
    const samples = open();
    await samples.add({ model: "sounds", class: "engine", bytes: tone(300) });
    const upload = { model: "sounds", class: "engine", bytes, name: "engine.wav" };
    await expect(samples.add(upload)).rejects.toMatchObject({
      name: "PipelineError",
      code,
      message: expect.stringMatching(/^engine\.wav: /),
    });
    expect(await names(store, "datasets/sounds/originals/")).toHaveLength(1);
  });
});

test("V18: a flood of one label waits in quarantine, then is refused; another label goes on", async () => {
  await withSamples(async (store, open) => {
    const samples = open({ quotas: { perClassAndDay: 3, quarantinePerClass: 2 } });
    const add = (label: string, variant: number) =>
      samples.add({ model: "sounds", class: label, bytes: tone(440, variant), from: "10.0.0.9" });
    const states = [];
    for (let variant = 0; variant < 5; variant++)
      states.push((await add("gun_shot", variant)).quarantine);
    expect(states.map((reason) => reason !== undefined)).toEqual([false, false, false, true, true]);
    await expect(add("gun_shot", 5)).rejects.toMatchObject({ code: "E_QUOTA" });
    expect((await add("engine", 6)).quarantine).toBeUndefined();
    expect(await samples.counts("sounds")).toMatchObject({
      classes: { gun_shot: 3, engine: 1 },
      quarantined: { gun_shot: 2 },
    });
    expect(await names(store, "datasets/sounds/quarantine/")).toHaveLength(2);
  });
});

test("a store that is down loses nothing: samples wait on the disk, survive a restart and are sent", async () => {
  await withSamples(async (store, open) => {
    let isDown = false;
    const shaky = broken(store, () => isDown);
    const first = open({ store: shaky, storeTimeoutMs: 2000 });
    await first.add({ model: "sounds", class: "engine", bytes: tone(300) });
    isDown = true;
    const waiting = await first.add({ model: "sounds", class: "gun_shot", bytes: tone(440) });
    expect(waiting.state).toBe("waiting");
    expect((await first.counts("sounds")).waiting).toBe(1);
    expect(await first.send()).toBe(1);
    await first.close();
    isDown = false;
    const second = open({ store: shaky });
    expect(await second.send()).toBe(0);
    expect((await second.counts("sounds")).classes).toEqual({ engine: 1, gun_shot: 1 });
    expect(await names(store, "datasets/sounds/originals/")).toContain(
      `gun_shot/${waiting.sha256}.wav`,
    );
    await second.close();
  });
});

test("a record that is cut off in the spool is no sample, and a damaged one is put aside", async () => {
  await withSamples(async (store, open) => {
    let isDown = true;
    const samples = open({ store: broken(store, () => isDown) });
    const added = await samples.add({ model: "sounds", class: "engine", bytes: tone(300) });
    const url = new URL(store.url.startsWith("file:") ? store.url : `file://${store.url}`);
    const spool = url.pathname.replace(/\/store\/?$/, "/spool/sounds/");
    await writeFile(`${spool}${"0".repeat(64)}.json`, '{"schema":1,');
    const bytes = await readFile(`${spool}${added.sha256}.bin`);
    await writeFile(`${spool}${added.sha256}.bin`, bytes.subarray(0, 100));
    isDown = false;
    expect(await samples.send()).toBe(0);
    expect(await readdir(`${spool}refused`)).toHaveLength(2);
    expect(await names(store, "datasets/sounds/originals/")).toEqual([]);
  });
});
