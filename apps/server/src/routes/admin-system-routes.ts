import { availableParallelism, loadavg } from "node:os";
import type { AdminHealth, RecentEvents, ServerEvent, SystemAnswer } from "@plimsoll/api";
import type { FastifyInstance, FastifyRequest } from "fastify";
import { checkedBody } from "../answer/body.ts";
import { openEventStream } from "../answer/event-stream.ts";
import type { Context } from "../context.ts";

/** Id of the last event that a reader got before its stream broke. */
function lastEventId(request: FastifyRequest): number {
  const text = request.headers["last-event-id"];
  return typeof text === "string" && /^\d{1,15}$/.test(text) ? Number(text) : Infinity;
}

/** The machine, the stores, the cache and what happens. */
export function adminSystemRoutes(scope: FastifyInstance, context: Context): void {
  const { config, lifecycle, serving } = context;
  const base = "/api/v1/admin";
  const uptime = (): number => (context.now() - context.startedAt) / 1000;

  scope.get(`${base}/health`, async (): Promise<AdminHealth> => {
    const stores = [...(await serving.stores())];
    const down = stores.filter(({ reachable }) => !reachable);
    const kinds = [...new Set(stores.map(({ kind }) => (kind === "s3" ? "S3" : kind)))].join(", ");
    const [first] = down;
    return {
      status: down.length === 0 ? "healthy" : "degraded",
      storage: {
        connected: down.length === 0,
        message:
          first !== undefined
            ? `${first.store}: ${first.error?.message ?? "out of reach"}`
            : kinds === ""
              ? "no store is configured"
              : `${kinds} connection successful`,
        stores,
      },
      system: {
        uptime: uptime(),
        memory_rss_mb: Math.round((process.memoryUsage.rss() / 1024 ** 2) * 10) / 10,
        cpu_count: availableParallelism(),
        load_average: loadavg(),
        node: process.version,
        platform: process.platform,
      },
    };
  });

  scope.get(`${base}/system`, async (): Promise<SystemAnswer> => {
    const [cache, stores, replicas] = await Promise.all([
      serving.cacheFigures(),
      serving.stores(),
      serving.replicas(),
    ]);
    return {
      version: config.version,
      uptime: uptime(),
      cache,
      stores: [...stores],
      replicas: [...replicas],
      memory: { rss: process.memoryUsage.rss(), ...serving.memory() },
      requestsInFlight: lifecycle.inFlight,
    };
  });

  scope.post(`${base}/cache/clear`, async () => serving.clearCache());
  scope.post(`${base}/cache/gc`, async (request) =>
    serving.collectGarbage(await checkedBody("CacheGcRequest", request.body)),
  );

  scope.get(`${base}/events/recent`, (): RecentEvents => ({ events: [...serving.recentEvents()] }));
  scope.get(`${base}/events`, (request, reply) => {
    const stream = openEventStream(reply, context);
    const send = (event: ServerEvent): void => stream.send(event, event.id);
    const after = lastEventId(request);
    for (const event of serving.recentEvents().toReversed()) if (event.id > after) send(event);
    const stop = serving.listen(send);
    stream.signal.addEventListener("abort", stop, { once: true });
  });
}
