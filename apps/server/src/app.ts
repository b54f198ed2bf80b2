import multipart from "@fastify/multipart";
import rateLimit from "@fastify/rate-limit";
import type { Models } from "@plimsoll/inference";
import fastify, {
  type FastifyBaseLogger,
  type FastifyInstance,
  type FastifyReply,
  type FastifyServerOptions,
  LogController,
} from "fastify";
import { randomBytes } from "node:crypto";
import { answerErrors } from "./answer/answer-errors.ts";
import { toProblem } from "./answer/problem.ts";
import type { AppConfig, Context, Lifecycle } from "./context.ts";
import { openBodyBudget } from "./limits/body-budget.ts";
import { limitDefaults } from "./limits/limits.ts";
import { type Metrics, openMetrics } from "./metrics/metrics.ts";
import { observeRequests } from "./metrics/observe-requests.ts";
import { registerRoutes } from "./routes/register-routes.ts";
import type { Serving } from "./serving.ts";
import type { Training } from "./training.ts";

export interface AppOptions {
  readonly models: Models;
  readonly serving: Serving;
  /** Without it the routes of samples and training answer 503. */
  readonly training?: Training;
  readonly config: AppConfig;
  readonly log?: FastifyBaseLogger;
  /** `public`: no admin routes, because another app on `ADMIN_PORT` has them. Default `all`. */
  readonly surface?: "all" | "public";
  /** Shared by the apps of one process. */
  readonly metrics?: Metrics;
  readonly lifecycle?: Lifecycle;
  readonly now?: () => number;
  readonly startedAt?: number;
}

/** Nothing of the request is checked by the framework: bodies are checked by `checkedBody`, which loads its schemas late. */
const noCompilers = {
  compilersFactory: {
    buildValidator: () => () => () => true,
    buildSerializer: () => () => (value: unknown) => JSON.stringify(value),
  },
} as unknown as NonNullable<FastifyServerOptions["schemaController"]>;

function contextOf(options: AppOptions): Context {
  const { models, serving, training, config, now = Date.now } = options;
  const limits = { ...limitDefaults, ...config.limits };
  return {
    models,
    serving,
    ...(training !== undefined && { training }),
    config,
    limits,
    budget: openBodyBudget(limits.heldBytes),
    metrics: options.metrics ?? openMetrics(),
    lifecycle: options.lifecycle ?? { draining: false, inFlight: 0, streams: new Set() },
    now,
    startedAt: options.startedAt ?? now(),
  };
}

/** The server's routes, ready for `listen`. Nothing is asked of a store or model until a request needs it. */
export async function buildApp(options: AppOptions): Promise<FastifyInstance> {
  const context = contextOf(options);
  const { limits } = context;
  const app = fastify({
    ...(options.log === undefined ? { logger: false } : { loggerInstance: options.log }),
    // One line for each answer is written by `observeRequests`.
    // One line for each answer is written by `observeRequests`.
    logController: new LogController({ disableRequestLogging: true }),
    bodyLimit: limits.adminBytes,
    requestTimeout: limits.requestMs,
    connectionTimeout: limits.silenceMs,
    keepAliveTimeout: limits.keepAliveMs,
    http: { headersTimeout: limits.headersMs, connectionsCheckingInterval: 1_000 },
    routerOptions: { maxParamLength: 200 },
    genReqId: () => randomBytes(8).toString("hex"),
    // Behind a proxy the address is the proxy's: what a client says about itself decides nothing.
    trustProxy: false,
    return503OnClosing: true,
    forceCloseConnections: "idle",
    schemaController: noCompilers,
    // Addresses that cannot be decoded are found nowhere.
    frameworkErrors(error, request, reply) {
      const { status, problem } = toProblem(error, { requestId: request.id });
      void (reply as unknown as FastifyReply)
        .status(status)
        .type("application/problem+json; charset=utf-8")
        .send(JSON.stringify(problem));
    },
  });
  app.server.maxConnections = limits.connections;
  app.addHook("onSend", async (_request, reply) => {
    void reply.header("x-content-type-options", "nosniff");
    if (reply.getHeader("cache-control") === undefined) {
      void reply.header("cache-control", "no-store");
    }
  });
  answerErrors(app);
  observeRequests(app, context);
  await app.register(multipart, { throwFileSizeLimit: true });
  await app.register(rateLimit, { global: false, cache: 5_000 });
  await registerRoutes(app, context, options.surface ?? "all");
  return app;
}
