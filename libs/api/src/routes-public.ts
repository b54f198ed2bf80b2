import Type from "typebox";
import { CacheStatusAnswer } from "./cache-status.ts";
import { Health, Status, Welcome } from "./health.ts";
import { ModelDetails } from "./model-details.ts";
import { ModelList } from "./model-summary.ts";
import type { Route } from "./route.ts";
import { SyncStatus } from "./sync-status.ts";

const probe = (path: string, summary: string): Route => ({
  method: "GET",
  path,
  who: "anyone",
  tag: "health",
  summary,
  replies: {
    200: { description: "Yes", schema: Health },
    503: { description: "Not now", schema: Health },
  },
});

const read = (path: string, tag: string, summary: string, schema: Type.TSchema): Route => ({
  method: "GET",
  path,
  who: "anyone",
  tag,
  summary,
  replies: { 200: { description: "What is so now", schema } },
});

/** Routes that anyone may ask. */
export const publicRoutes: readonly Route[] = [
  {
    ...read("/", "health", "The dashboard for a browser, else what there is", Welcome),
    replies: {
      200: { description: "With `Accept: text/html` the dashboard", schema: Welcome },
    },
  },
  probe("/health", "Whether requests are taken"),
  probe("/health/live", "Whether the process answers"),
  probe("/health/ready", "Whether requests are taken; loading a model does not change it"),
  probe("/health/startup", "Whether the start is over"),
  read("/status", "health", "The first model, as the audio app's clients ask for it", Status),
  {
    method: "GET",
    path: "/metrics",
    who: "anyone",
    tag: "health",
    summary: "Figures for Prometheus",
    replies: { 200: { description: "Prometheus text", type: "text/plain" } },
  },
  read("/api/health", "models", "Where the weights are", CacheStatusAnswer),
  read("/api/models", "models", "Where the weights are", CacheStatusAnswer),
  read("/api/cache-status", "models", "Where the weights are", CacheStatusAnswer),
  read("/api/v1/sync", "models", "How far the sync at the start has come", SyncStatus),
  read("/api/v1/models", "models", "Every configured model", ModelList),
  {
    ...read("/api/v1/models/{model}", "models", "One model with its versions", ModelDetails),
    problems: [404],
  },
  {
    method: "GET",
    path: "/openapi.json",
    who: "anyone",
    tag: "documentation",
    summary: "This document",
    replies: {
      200: { description: "OpenAPI 3.1", schema: Type.Record(Type.String(), Type.Unknown()) },
    },
  },
  {
    method: "GET",
    path: "/docs",
    who: "anyone",
    tag: "documentation",
    summary: "This document as a page",
    replies: { 200: { description: "A page", type: "text/html" } },
  },
];
