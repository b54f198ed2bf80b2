import type { ReloadAnswer, ReloadRequest, ReloadedModel } from "@plimsoll/api";
import type { Change } from "../serving.ts";
import { codeOf } from "./code-of.ts";
import type { ReloadOutcome } from "./served-model-setup.ts";
import type { ServingContext } from "./serving-context.ts";

/**
 * `reload-models`: swaps here first, and writes the desired state only when that went well, so that a broken version is
 * never ordered of the others. One model that fails is an error; of several each tells for itself.
 */
export async function reloadModels(
  context: ServingContext,
  request: ReloadRequest,
  change: Change = {},
): Promise<ReloadAnswer> {
  const { catalogue, now } = context;
  const models = await catalogue.expand(request.model_type);
  const done: { answer: ReloadedModel; outcome: ReloadOutcome | undefined }[] = [];
  for (const model of models) {
    if (request.wait === "none") {
      void reloadOne(context, model, request).catch(() => undefined);
      done.push({ answer: prepared(model), outcome: undefined });
      continue;
    }
    try {
      const outcome = await reloadOne(context, model, request);
      done.push({ answer: reloaded(model, outcome), outcome });
    } catch (error) {
      if (models.length === 1) throw error;
      done.push({ answer: failed(model, error), outcome: undefined });
    }
  }
  const outcomes = done.flatMap(({ outcome }) => outcome ?? []);
  const replicas = request.wait === "all" ? await waitForAll(context, outcomes, change) : undefined;
  const answers = done.map(({ answer }) => answer);
  const scope = outcomes.every((outcome) => outcome.scope === "all") ? "all" : "local";
  const [only] = answers.length === 1 ? answers : [];
  return {
    success: answers.every(({ success }) => success) && replicas?.live === replicas?.converged,
    model_type: request.model_type,
    version: only?.version ?? request.version ?? "latest",
    message: summary(answers, scope, replicas),
    reloaded_at: new Date(now()).toISOString(),
    scope,
    models: answers,
    ...(replicas && { replicas }),
  };
}

async function reloadOne(
  { set, fanOut, converge, events }: ServingContext,
  model: string,
  { version, force_download, force }: ReloadRequest,
): Promise<ReloadOutcome> {
  const { served } = set.get(model);
  const outcome = await served.reload({ version, forceDownload: force_download, force });
  events.add({ type: "reload", model, version: outcome.version, durationMs: outcome.durationMs });
  await converge.report(model);
  if (outcome.scope === "all") await fanOut().tell(model);
  return outcome;
}

async function waitForAll(
  { converge }: ServingContext,
  outcomes: readonly ReloadOutcome[],
  { signal }: Change,
): Promise<{ live: number; converged: number }> {
  const waits = outcomes.map(({ model, desired }) => converge.waitFor(model, desired, signal));
  const all = await Promise.all(waits);
  return {
    live: Math.max(0, ...all.map(({ live }) => live)),
    converged: Math.min(...all.map(({ converged }) => converged), ...(all.length ? [] : [0])),
  };
}

const prepared = (model: string): ReloadedModel => ({
  model,
  success: true,
  version: null,
  outcome: "prepared",
});

const reloaded = (model: string, outcome: ReloadOutcome): ReloadedModel => ({
  model,
  success: true,
  version: outcome.version,
  ...(outcome.previous !== undefined && { previous: outcome.previous }),
  generation: outcome.desired,
  outcome: outcome.outcome,
  duration_ms: Math.round(outcome.durationMs),
});

const failed = (model: string, error: unknown): ReloadedModel => ({
  model,
  success: false,
  version: null,
  outcome: "failed",
  error: { code: codeOf(error) ?? "E_BUG", message: (error as Error).message },
});

function summary(
  answers: readonly ReloadedModel[],
  scope: "all" | "local",
  replicas: { readonly live: number; readonly converged: number } | undefined,
): string {
  const parts = answers.map(({ model, version, outcome, error }) =>
    error === undefined
      ? `${model}: ${outcome} ${version ?? ""}`.trim()
      : `${model}: ${error.code}`,
  );
  if (answers.length === 0) parts.push("no model to reload");
  const isSent = answers.some(({ outcome }) => outcome === "swapped" || outcome === "unchanged");
  if (scope === "local" && isSent) parts.push("this server alone was told");
  if (replicas) parts.push(`${replicas.converged} of ${replicas.live} replicas serve it`);
  return parts.join("; ");
}
