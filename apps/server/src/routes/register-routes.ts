import type { FastifyInstance } from "fastify";
import { gate } from "../auth/gate.ts";
import { apiKey, bearerToken } from "../auth/read-secret.ts";
import { countWrongSecrets } from "../auth/wrong-secrets.ts";
import type { Context } from "../context.ts";
import { inferRoutes } from "../protocol/infer-routes.ts";
import { protocolRoutes } from "../protocol/protocol-routes.ts";
import { repositoryRoutes } from "../protocol/repository-routes.ts";
import { adminModelRoutes } from "./admin-model-routes.ts";
import { adminSystemRoutes } from "./admin-system-routes.ts";
import { channelRoutes } from "./channel-routes.ts";
import { dashboardRoutes } from "./dashboard-routes.ts";
import { documentRoutes } from "./document-routes.ts";
import { healthRoutes } from "./health-routes.ts";
import { jsonOfAnyClient } from "./json-of-any-client.ts";
import { modelRoutes } from "./model-routes.ts";
import { predictRoutes } from "./predict-routes.ts";
import { sampleRoutes } from "./sample-routes.ts";
import { trainingRoutes } from "./training-routes.ts";

/** The visible list of what is registered, by who may ask. */
export async function registerRoutes(
  app: FastifyInstance,
  context: Context,
  surface: "all" | "public",
): Promise<void> {
  const { config, limits, metrics } = context;
  const { wrongSecretsPerMinute } = limits;

  for (const routes of [healthRoutes, modelRoutes, documentRoutes, protocolRoutes]) {
    routes(app, context);
  }
  await dashboardRoutes(app, context);

  await app.register(async (scope) => {
    if (config.apiKey !== undefined) {
      const hook = gate({
        what: "API key",
        secret: config.apiKey,
        read: apiKey,
        challenge: "ApiKey",
        wrongSecrets: countWrongSecrets(app, "key", wrongSecretsPerMinute),
        onRefused: metrics.refused,
      });
      scope.addHook("onRequest", hook);
    }
    for (const routes of [predictRoutes, sampleRoutes]) routes(scope, context);
    await scope.register(async (infer) => inferRoutes(infer, context));
  });

  const { adminToken } = config;
  if (adminToken === undefined || surface === "public") return;
  await app.register(async (scope) => {
    const hook = gate({
      what: "admin token",
      secret: adminToken,
      read: bearerToken,
      challenge: "Bearer",
      wrongSecrets: countWrongSecrets(app, "token", wrongSecretsPerMinute),
      onRefused: metrics.refused,
    });
    scope.addHook("onRequest", hook);
    scope.addHook("onRoute", (route) => {
      route.config = { ...route.config, isAdmin: true };
    });
    jsonOfAnyClient(scope);
    for (const routes of [
      adminModelRoutes,
      channelRoutes,
      adminSystemRoutes,
      trainingRoutes,
      repositoryRoutes,
    ]) {
      routes(scope, context);
    }
  });
}
