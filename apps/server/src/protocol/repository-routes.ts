import type { RepositoryIndex } from "@plimsoll/api";
import type { FastifyInstance } from "fastify";
import type { Context } from "../context.ts";
import { modelParam } from "../routes/model-param.ts";
import { isFields } from "./read-tensor.ts";
import { refused } from "./refused.ts";

const states: Readonly<Record<string, string>> = {
  ready: "READY",
  loading: "LOADING",
  draining: "UNLOADING",
  failed: "UNAVAILABLE",
  unloaded: "UNAVAILABLE",
};

/** Model repository extension. `load` takes no files and no addresses: what is loaded is what the store's channel names. */
export function repositoryRoutes(scope: FastifyInstance, { models, serving }: Context): void {
  scope.post("/v2/repository/index", (request): RepositoryIndex => {
    const onlyReady = isFields(request.body) && request.body["ready"] === true;
    const statuses = new Map(models.status().map((status) => [status.model, status]));
    const entries = serving.configured().flatMap(({ model }): RepositoryIndex => {
      const versions = statuses.get(model)?.versions ?? [];
      if (versions.length === 0) return [{ name: model, state: "UNAVAILABLE", reason: "" }];
      return versions.map(({ version, state, reason }) => ({
        name: model,
        version,
        state: states[state] ?? "UNAVAILABLE",
        reason: reason === undefined ? "" : `${reason.code}: ${reason.message}`,
      }));
    });
    return onlyReady ? entries.filter(({ state }) => state === "READY") : entries;
  });

  scope.post("/v2/repository/models/:model/load", async (request) => {
    const parameters = isFields(request.body) ? request.body["parameters"] : undefined;
    if (isFields(parameters) && Object.keys(parameters).length > 0) {
      throw refused("parameters: models are loaded as the store has them, without files or config");
    }
    await serving.load(modelParam(request));
    return {};
  });

  scope.post("/v2/repository/models/:model/unload", async (request) => {
    await serving.unload(modelParam(request));
    return {};
  });
}
