import type { TaskName } from "@plimsoll/api";
import { createHash } from "node:crypto";
import { classifyByKeywords, InferenceError, type Prediction } from "@plimsoll/inference";
import type { PredictRequest } from "../serving.ts";
import { codeOf } from "./code-of.ts";
import type { ModelEntry } from "./model-set.ts";
import { mainDigest, versionDigest } from "./main-digest.ts";
import type { ServingContext } from "./serving-context.ts";

/** Finds the model, loads it if need be, and asks it. */
export async function predict(
  context: ServingContext,
  request: PredictRequest,
): Promise<Prediction> {
  const { catalogue, set } = context;
  const { tasks, signal } = request;
  const model =
    request.model === undefined ? await catalogue.only(tasks) : await catalogue.find(request.model);
  const entry = set.get(model);
  for (let attempt = 1; ; attempt++) {
    try {
      await entry.served.ensure();
    } catch (error) {
      const answer = await byCategories(entry, request, error);
      if (answer !== undefined) return answer;
      throw error;
    }
    signal?.throwIfAborted();
    expectTask(entry, tasks);
    try {
      return await ask(context, entry, request);
    } catch (error) {
      // Unloaded between the two steps: once more from the start.
      if (attempt > 1 || codeOf(error) !== "E_USAGE" || isLoaded(context, model)) throw error;
      await entry.served.forget();
    }
  }
}

/** A model without weights whose `config.json` has categories: words decide, and new categories need no new version. */
async function byCategories(
  { name, config }: ModelEntry,
  { input }: PredictRequest,
  error: unknown,
): Promise<Prediction | undefined> {
  if (codeOf(error) !== "E_NOT_FOUND" || input.kind !== "text") return undefined;
  const startedAt = performance.now();
  await config.look().catch(() => undefined);
  const { categories } = config.current().value;
  if (categories === undefined) return undefined;
  return {
    model: name,
    version: "config",
    digest: createHash("sha256").update(JSON.stringify(categories)).digest("hex"),
    output: classifyByKeywords(input.text, categories),
    durationMs: performance.now() - startedAt,
    queuedMs: 0,
  };
}

async function ask(
  { options, predictions }: ServingContext,
  entry: ModelEntry,
  { version, input, headers, signal }: PredictRequest,
): Promise<Prediction> {
  const { name, served, config, beside } = entry;
  const { models } = options;
  const current = served.state().current;
  const isOther = version !== undefined && version !== current?.files.version;
  if (isOther) await beside.load(version);
  const work = (): Promise<Prediction> =>
    models.predict(name, input, {
      ...(headers && { headers }),
      ...(version !== undefined && { version }),
      ...(signal && { signal }),
    });
  const cache = predictions();
  const settings = config.current().value;
  // Which version traffic chooses is known only afterwards.
  if (cache === undefined || current === undefined || isOther || settings.traffic) {
    return await work();
  }
  const digests = { digest: mainDigest(current), versionDigest: versionDigest(current) };
  return await cache.through({ ...digests, config: settings, input }, work);
}

function isLoaded({ options }: ServingContext, model: string): boolean {
  return options.models.status().some((each) => each.model === model && each.serving !== undefined);
}

function expectTask({ name, metadata }: ModelEntry, tasks: readonly TaskName[] | undefined): void {
  const task = metadata()?.task;
  if (tasks === undefined || task === undefined || tasks.includes(task)) return;
  throw new InferenceError(
    "E_MEDIA",
    `${name}: a model for ${task}, asked for ${tasks.join(" or ")}: name another model, or use its own route`,
  );
}
