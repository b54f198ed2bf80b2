import type { JsonObject } from "@plimsoll/manifest";
import { bytesSource, type Driver } from "@plimsoll/storage";
import { datasetKeys } from "../samples/dataset-keys.ts";
import { readJson } from "../samples/read-json.ts";
import type { ChosenSample } from "../runs/choose-samples.ts";

/** One part of a run's features: what one job of the queue computes. */
export interface FeaturePart {
  /** Rows made of each sample. */
  readonly copies: number;
  readonly seed: number;
  readonly samples: readonly (Pick<ChosenSample, "key" | "class"> & { readonly sha256: string })[];
}

/** Keys of what the workers of a run share. */
export const partKeys = {
  backbone: (model: string, run: string) => `${datasetKeys.work(model, run)}backbone.onnx`,
  /** Written last: names all parts. */
  plan: (model: string, run: string) => `${datasetKeys.work(model, run)}plan.json`,
  part: (model: string, run: string, part: string) =>
    `${datasetKeys.work(model, run)}parts/${part}.json`,
  features: (model: string, run: string, part: string) =>
    `${datasetKeys.work(model, run)}features/${part}.bin`,
} as const;

const maxBytes = 64 * 1024 * 1024;

export async function writeJson(store: Driver, key: string, value: unknown): Promise<void> {
  const bytes = Buffer.from(`${JSON.stringify(value)}\n`);
  await store.write(key, bytesSource(bytes, key), { contentType: "application/json" });
}

/** Names of the parts of a run, or undefined where its features are not shared. */
export async function readPlan(
  store: Driver,
  model: string,
  run: string,
): Promise<readonly string[] | undefined> {
  const found = await readJson(store, partKeys.plan(model, run), { maxBytes });
  const parts = (found?.json as JsonObject | undefined)?.["parts"];
  return Array.isArray(parts) ? parts.filter((part) => typeof part === "string") : undefined;
}

export async function readPart(
  store: Driver,
  model: string,
  run: string,
  part: string,
): Promise<FeaturePart | undefined> {
  const found = await readJson(store, partKeys.part(model, run, part), { maxBytes });
  return found?.json as unknown as FeaturePart | undefined;
}

/** Removes everything that the workers of a run shared. */
export async function removeShared(store: Driver, model: string, run: string): Promise<void> {
  const keys: string[] = [];
  for await (const { key } of store.list(datasetKeys.work(model, run))) keys.push(key);
  for (const key of keys) await store.remove(key);
}
