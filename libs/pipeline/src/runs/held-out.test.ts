import { expect, test } from "@jest/globals";
import { bytesSource } from "@plimsoll/storage";
import { addSamples } from "../samples/add-samples.ts";
import { listOriginals } from "../samples/list-originals.ts";
import { tone } from "../testing/sounds.ts";
import { trainModel } from "../testing/fake-train.ts";
import type { Train } from "./run-context.ts";
import { sounds, withBench } from "../testing/bench.ts";

test("samples added as held out are measured on and never learned from; the same bytes stay where they are", async () => {
  await withBench(async ({ store, run }) => {
    const add = { store, model: "sounds", source: "test", heldOut: true };
    const fresh = async function* () {
      for (const label of ["engine", "gun_shot"]) {
        const bytes = tone(1500, label.length, 0.1);
        yield { path: `${label}/held.wav`, size: bytes.length, read: async () => bytes };
      }
    };
    expect(await addSamples({ ...add, from: fresh() })).toMatchObject({ added: 2 });
    expect(await addSamples({ ...add, from: fresh() })).toMatchObject({ added: 0, duplicates: 2 });
    const known = await addSamples({ ...add, from: sounds(["engine"], 3) });
    expect(known).toMatchObject({ added: 0, duplicates: 3 });
    expect(await listOriginals(store, "sounds")).toHaveLength(16);
    expect(await listOriginals(store, "sounds", { heldOut: true })).toHaveLength(2);

    // By hand into both folders: then it is held out.
    const both = tone(1900, 1, 0.1);
    for (const key of ["originals/engine/hand.wav", "held-out/engine/hand.wav"]) {
      const whole = `datasets/sounds/${key}`;
      await store.write(whole, bytesSource(both, whole));
    }
    let seen: Parameters<Train>[0]["samples"] = [];
    const train: Train = async (options) => {
      seen = options.samples;
      return await trainModel(options);
    };
    const record = await run({}, { train });
    expect(record).toMatchObject({ state: "succeeded", dataset: { samples: 19, new_samples: 17 } });
    const held = seen.filter(({ side }) => side === "test").map(({ id }) => id);
    expect(held).toHaveLength(3);
    expect(held.every((id) => id.startsWith("datasets/sounds/held-out/"))).toBe(true);
    expect(seen.filter(({ side }) => side === undefined)).toHaveLength(16);
  });
});
