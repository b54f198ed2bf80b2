import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Driver, openStore } from "@plimsoll/storage";
import { addSamples } from "../samples/add-samples.ts";
import type { FoundSample } from "../samples/sample-source.ts";
import { tone } from "./sounds.ts";
import { createRun } from "../runs/create-run.ts";
import { executeRun, type ExecuteOptions } from "../runs/execute-run.ts";
import { trainModel } from "./fake-train.ts";
import type { RunConfig } from "../runs/run-config.ts";

/** A store with a dataset of tones. */
export interface Bench {
  readonly store: Driver;
  readonly dir: string;
  readonly url: string;
  readonly run: (
    config?: RunConfig,
    more?: Partial<ExecuteOptions>,
  ) => ReturnType<typeof executeRun>;
  readonly create: (config?: RunConfig) => Promise<string>;
}

/** Tones in a folder per class. */
export async function* sounds(
  classes: readonly string[],
  count: number,
): AsyncGenerator<FoundSample> {
  for (const [number, label] of classes.entries()) {
    for (let variant = 0; variant < count; variant++) {
      const bytes = tone(300 + 200 * number, variant, 0.1);
      yield { path: `${label}/${variant}.wav`, size: bytes.length, read: async () => bytes };
    }
  }
}

/** A store with eight tones of two classes, and runs on it with a training that learns nothing. */
export async function withBench(act: (bench: Bench) => Promise<void>): Promise<void> {
  const dir = await mkdtemp(join(tmpdir(), "plimsoll-test-"));
  const url = join(dir, "store");
  const store = await openStore(url);
  const from = sounds(["engine", "gun_shot"], 8);
  await addSamples({ store, model: "sounds", from, source: "test" });
  const create = async (config: RunConfig = {}): Promise<string> => {
    const created = await createRun({
      store,
      model: "sounds",
      config,
      reason: "test",
      commit: "abc",
    });
    if (created.status !== "started") throw new Error(created.status);
    return created.run;
  };
  try {
    await act({
      store,
      dir,
      url,
      create,
      run: async (config, more) =>
        await executeRun({
          storeUrl: url,
          model: "sounds",
          run: await create(config),
          workRoot: join(dir, "work"),
          train: trainModel,
          ...more,
        }),
    });
  } finally {
    await store.close();
    await rm(dir, { recursive: true, force: true, maxRetries: 5 });
  }
}
