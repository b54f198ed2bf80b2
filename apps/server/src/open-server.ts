import type { AddressInfo } from "node:net";
import type { Models } from "@plimsoll/inference";
import type { FastifyBaseLogger, FastifyInstance } from "fastify";
import { buildApp } from "./app.ts";
import type { AppConfig, Lifecycle } from "./context.ts";
import { drain, type DrainOptions } from "./drain.ts";
import { openMetrics } from "./metrics/metrics.ts";
import type { Serving } from "./serving.ts";
import type { Training } from "./training.ts";

export interface OpenServerOptions {
  readonly models: Models;
  readonly serving: Serving;
  readonly training?: Training;
  readonly config: AppConfig;
  readonly log?: FastifyBaseLogger;
  readonly host: string;
  /** 0: any free port. */
  readonly port: number;
  /** Admin routes on this port alone. */
  readonly adminPort?: number;
  readonly now?: () => number;
}

export interface RunningServer {
  readonly port: number;
  readonly adminPort?: number;
  /** Answers what is in flight, then ends everything. Gives the number of requests that were cut off. */
  close(options?: DrainOptions): Promise<number>;
}

const portOf = (app: FastifyInstance): number => (app.server.address() as AddressInfo).port;

/** Listens, and only then begins the work in the background: probes are answered from the first moment. */
export async function openServer(options: OpenServerOptions): Promise<RunningServer> {
  const { host, port, adminPort, models, serving, training } = options;
  const metrics = openMetrics();
  const lifecycle: Lifecycle = { draining: false, inFlight: 0, streams: new Set() };
  const parts = {
    models,
    serving,
    ...(training !== undefined && { training }),
    config: options.config,
    ...(options.log !== undefined && { log: options.log }),
    ...(options.now !== undefined && { now: options.now }),
    metrics,
    lifecycle,
  };
  const app = await buildApp({ ...parts, surface: adminPort === undefined ? "all" : "public" });
  const apps = [app];
  await app.listen({ host, port });
  let admin: FastifyInstance | undefined;
  if (adminPort !== undefined && options.config.adminToken !== undefined) {
    admin = await buildApp(parts);
    apps.push(admin);
    await admin.listen({ host, port: adminPort });
  }
  const stopListening = serving.listen((event) => metrics.event(event));
  serving.start();
  return {
    port: portOf(app),
    ...(admin !== undefined && { adminPort: portOf(admin) }),
    async close(drainOptions = {}) {
      const left = await drain(lifecycle, drainOptions);
      stopListening();
      if (left > 0) for (const each of apps) each.server.closeAllConnections();
      await Promise.all(apps.map((each) => each.close()));
      await Promise.allSettled([serving.close(), training?.close()]);
      await models.close({ drainMs: 0 });
      return left;
    },
  };
}
