import type { DatasetList, TrainingRunList } from "@plimsoll/api";
import type { FastifyInstance, FastifyRequest } from "fastify";
import { checkedBody } from "../answer/body.ts";
import { openEventStream } from "../answer/event-stream.ts";
import type { Context } from "../context.ts";
import { ServerError } from "../error.ts";
import { modelParam } from "./model-param.ts";
import { trainingOf } from "./training-of.ts";

function runId(request: FastifyRequest): string {
  const { id } = request.params as { readonly id: string };
  if (/^[A-Za-z0-9][A-Za-z0-9._-]{0,99}$/.test(id)) return id;
  throw new ServerError("E_NOT_FOUND", 404, "there is no such run");
}

/** Retraining: start, look, cancel. */
export function trainingRoutes(scope: FastifyInstance, context: Context): void {
  scope.post("/retrain", async (request, reply) => {
    const training = trainingOf(context);
    const answer = await training.retrain(await checkedBody("RetrainRequest", request.body));
    return reply.status(answer.status === "started" ? 202 : 200).send(answer);
  });
  scope.get("/training/runs", async (): Promise<TrainingRunList> => {
    return { runs: [...(await trainingOf(context).runs())] };
  });
  scope.get("/training/runs/:id", async (request) => trainingOf(context).run(runId(request)));
  scope.post("/training/runs/:id/cancel", async (request) =>
    trainingOf(context).cancel(runId(request)),
  );
  scope.get("/training/runs/:id/events", async (request, reply) => {
    const training = trainingOf(context);
    const id = runId(request);
    // An unknown run is a 404, not an empty stream.
    await training.run(id);
    const stream = openEventStream(reply, context);
    try {
      for await (const event of training.events(id, { signal: stream.signal })) stream.send(event);
    } catch (error) {
      if (!stream.signal.aborted) request.log.error({ err: error }, "events of a run ended");
    } finally {
      stream.end();
    }
  });
  scope.get("/api/v1/admin/datasets", async (): Promise<DatasetList> => {
    return { datasets: [...(await trainingOf(context).datasets())] };
  });
  scope.get("/api/v1/admin/datasets/:model", async (request) =>
    trainingOf(context).dataset(modelParam(request)),
  );
}
