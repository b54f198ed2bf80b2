import type { Health, Status } from "@plimsoll/api";
import type { FastifyInstance } from "fastify";
import type { Context } from "../context.ts";

/** Probes, `GET /status` and the figures for Prometheus. They answer whatever the models do. */
export function healthRoutes(app: FastifyInstance, context: Context): void {
  const { lifecycle, metrics, models, serving } = context;
  const uptime = (): number => (context.now() - context.startedAt) / 1000;

  const ready = (): Health => ({
    status: lifecycle.draining ? "draining" : "ok",
    uptime: uptime(),
  });
  const startup = (): Health => ({
    status: serving.started() ? "ok" : "starting",
    uptime: uptime(),
  });
  const live = (): Health => ({ status: "ok", uptime: uptime() });
  for (const [path, probe] of [
    ["/health", ready],
    ["/health/live", live],
    ["/health/ready", ready],
    ["/health/startup", startup],
  ] as const) {
    app.get(path, (_request, reply) => {
      const health = probe();
      return reply.status(health.status === "ok" ? 200 : 503).send(health);
    });
  }

  app.get("/status", (): Status => ({
    status: lifecycle.draining ? "draining" : "running",
    uptime: uptime(),
    total_predictions: metrics.predictions(),
    ...serving.status(),
  }));

  app.get("/metrics", async (_request, reply) => {
    const { type, body } = await metrics.text({
      models: models.status(),
      cache: await serving.cacheFigures().catch(() => undefined),
      rssBytes: process.memoryUsage.rss(),
      uptimeSeconds: uptime(),
      inFlight: lifecycle.inFlight,
      downloadBytesPerSecond: serving
        .sync()
        .files.reduce(
          (sum, file) => sum + (file.state === "fetching" ? file.bytesPerSecond : 0),
          0,
        ),
    });
    return reply.type(type).send(body);
  });
}
