import type { CacheStatusAnswer, ModelList } from "@plimsoll/api";
import type { FastifyInstance } from "fastify";
import { clientGone } from "../answer/client-gone.ts";
import type { Context } from "../context.ts";
import { modelParam } from "./model-param.ts";

/** What is served, and where its weights are. */
export function modelRoutes(app: FastifyInstance, { serving }: Context): void {
  for (const path of ["/api/health", "/api/models", "/api/cache-status"]) {
    app.get(path, async (): Promise<CacheStatusAnswer> => serving.cacheStatus());
  }
  app.get("/api/v1/sync", () => serving.sync());
  app.get("/api/v1/models", async (): Promise<ModelList> => ({
    models: [...(await serving.list())],
  }));
  app.get("/api/v1/models/:model", async (request, reply) =>
    serving.details(modelParam(request), { signal: clientGone(reply) }),
  );
}
