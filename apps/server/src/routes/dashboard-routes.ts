import { existsSync } from "node:fs";
import { join } from "node:path";
import type { Welcome } from "@plimsoll/api";
import type { FastifyInstance, FastifyReply } from "fastify";
import type { Context } from "../context.ts";

/** Everything from this server, nothing inline, nothing framed. */
const policy = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self' data: blob:",
  "media-src 'self' blob:",
  "font-src 'self'",
  "connect-src 'self'",
  "form-action 'none'",
  "base-uri 'none'",
  "frame-ancestors 'none'",
].join("; ");

const endpoints: Welcome["endpoints"] = {
  health: "GET /health",
  status: "GET /status",
  predict: "POST /predict",
  detect: "POST /api/detect",
  classify: "POST /api/v1/classify",
  upload: "POST /upload",
  retrain: "POST /retrain",
  models: "GET /api/v1/models",
  inference: "GET /v2",
  metrics: "GET /metrics",
  documentation: "GET /docs",
};

/** A picture and a recording to try a model on, by this page alone; nothing else of the machine. */
const permissions = "camera=(self), microphone=(self), geolocation=(), payment=(), usb=()";

/** Hash-named files never change. */
const guard = (reply: Pick<FastifyReply, "header">, path: string): void => {
  reply.header("content-security-policy", policy);
  reply.header("permissions-policy", permissions);
  reply.header("referrer-policy", "no-referrer");
  const isHashed = /[/\\]assets[/\\]/.test(path);
  reply.header("cache-control", isHashed ? "public, max-age=31536000, immutable" : "no-cache");
};

/** The dashboard's built files where they are there; `GET /` answers programs in JSON either way. */
export async function dashboardRoutes(app: FastifyInstance, context: Context): Promise<void> {
  const { config, lifecycle } = context;
  const dir = config.dashboardDir;
  const hasPages = dir !== undefined && existsSync(join(dir, "index.html"));
  if (hasPages) {
    const { default: files } = await import("@fastify/static");
    // A route for each file that is there: no path of a request is ever joined to the folder.
    await app.register(files, {
      root: dir,
      wildcard: false,
      index: false,
      cacheControl: false,
      setHeaders: (reply, path) => guard(reply, path),
    });
  }
  app.get("/", (request, reply: FastifyReply) => {
    void reply.header("vary", "accept");
    if (hasPages && request.headers.accept?.includes("text/html")) {
      return reply.sendFile("index.html");
    }
    const welcome: Welcome = {
      message: "Plimsoll serves models",
      version: config.version,
      status: lifecycle.draining ? "draining" : "running",
      endpoints,
    };
    return reply.send(welcome);
  });
}
