import { randomBytes } from "node:crypto";
import type { JsonObject } from "@plimsoll/manifest";
import { bytesSource, type Driver } from "@plimsoll/storage";
import { PipelineError } from "../error.ts";
import { datasetKeys } from "../samples/dataset-keys.ts";
import { codeOf, readJson } from "../samples/read-json.ts";
import type { RunRecord } from "./run-record.ts";

const idForm = /^r[0-9]{8}-[0-9]{6}-[0-9a-f]{6}$/;
const maxRecordBytes = 8 * 1024 * 1024;

/** A name for a run: its time, so that names sort as runs do, and a random end. */
export function newRunId(now: Date): string {
  const time = now.toISOString().replace(/[-:]/g, "").replace("T", "-").slice(0, 15);
  return `r${time}-${randomBytes(3).toString("hex")}`;
}

/** Whether the text is the name of a run. */
export const isRunId = (text: string): boolean => idForm.test(text);

/** Writes a run's record, over the one before. */
export async function writeRun(store: Driver, record: RunRecord): Promise<void> {
  const key = datasetKeys.run(record.model, record.run);
  const bytes = Buffer.from(`${JSON.stringify(record, undefined, 1)}\n`);
  await store.write(key, bytesSource(bytes, key), {
    contentType: "application/json",
    cacheControl: "no-cache",
  });
}

/** Throws `E_NOT_FOUND`, and `E_USAGE` for a record that is none. */
export async function readRun(
  store: Driver,
  model: string,
  run: string,
  options: { readonly signal?: AbortSignal | undefined } = {},
): Promise<RunRecord> {
  const key = datasetKeys.run(model, run);
  const found = isRunId(run)
    ? await readJson(store, key, { maxBytes: maxRecordBytes, ...options })
    : undefined;
  if (found === undefined) {
    throw new PipelineError("E_NOT_FOUND", `${run}: no run of ${model} at ${store.url}`);
  }
  const { schema, state } = found.json as JsonObject;
  if (schema !== 1 || typeof state !== "string") {
    throw new PipelineError("E_USAGE", `${key} at ${store.url}: is no record of a run`);
  }
  return found.json as unknown as RunRecord;
}

/** Names of a model's runs, newest first. */
export async function listRunIds(store: Driver, model: string): Promise<string[]> {
  const prefix = datasetKeys.runs(model);
  const ids: string[] = [];
  for await (const { key } of store.list(prefix)) {
    const id = key.slice(prefix.length, -".json".length);
    if (key.endsWith(".json") && isRunId(id)) ids.push(id);
  }
  return ids.sort().reverse();
}

/** Runs of a model, newest first, at most `limit`. A record that cannot be read is left out. */
export async function listRuns(
  store: Driver,
  model: string,
  options: { readonly limit?: number } = {},
): Promise<RunRecord[]> {
  const ids = (await listRunIds(store, model)).slice(0, options.limit ?? 50);
  const records = await Promise.all(
    ids.map((id) =>
      readRun(store, model, id).catch((error: unknown) => {
        const code = codeOf(error);
        if (code === "E_NOT_FOUND" || code === "E_USAGE" || code?.startsWith("E_MANIFEST")) return;
        throw error;
      }),
    ),
  );
  return records.filter((record) => record !== undefined);
}

/** Models that have samples or runs, by name. */
export async function listTrained(store: Driver): Promise<string[]> {
  const models = new Set<string>();
  for (const prefix of ["datasets/", "training/"]) {
    for await (const entry of store.list(prefix, { depth: "shallow" })) {
      if (entry.type === "prefix") models.add(entry.key.slice(prefix.length, -1));
    }
  }
  return [...models].sort();
}
