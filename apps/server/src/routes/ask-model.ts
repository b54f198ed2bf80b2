import type { Prediction } from "@plimsoll/inference";
import type { FastifyReply, FastifyRequest } from "fastify";
import { clientGone } from "../answer/client-gone.ts";
import { codeOf } from "../answer/status-of.ts";
import type { Context } from "../context.ts";
import type { PredictRequest } from "../serving.ts";

/** Traffic may look at every other header. */
const secretHeaders: ReadonlySet<string> = new Set(["authorization", "x-api-key", "api-key"]);

/** Asks a model for a request: with its headers, its client's patience, and its place in the figures. */
export async function askModel(
  context: Context,
  request: FastifyRequest,
  reply: FastifyReply,
  wanted: Omit<PredictRequest, "headers" | "signal">,
): Promise<Prediction> {
  const { metrics, serving } = context;
  const headers: Record<string, string | undefined> = {};
  for (const [name, value] of Object.entries(request.headers)) {
    if (secretHeaders.has(name)) continue;
    headers[name] = Array.isArray(value) ? value.join(", ") : value;
  }
  try {
    const prediction = await serving.predict({ ...wanted, headers, signal: clientGone(reply) });
    metrics.predicted(prediction.model, prediction.durationMs / 1000, prediction.queuedMs / 1000);
    void reply.header("x-model-version", prediction.version);
    void reply.header("x-model-digest", prediction.digest);
    return prediction;
  } catch (error) {
    // A name that is not configured would give a client as many series as it can invent names.
    const known = serving.configured().some(({ model }) => model === wanted.model);
    metrics.predictionFailed((known && wanted.model) || "", codeOf(error));
    throw error;
  }
}
