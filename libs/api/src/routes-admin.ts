import Type from "typebox";
import { ChannelAnswer, ConfigAnswer, PromoteRequest } from "./admin-channels.ts";
import { RollbackRequest, TrafficRequest } from "./admin-channels.ts";
import {
  MetadataAnswer,
  ModelAction,
  PinRequest,
  ReloadAnswer,
  ReloadRequest,
  VersionsAnswer,
} from "./admin-models.ts";
import { CacheClearAnswer, CacheGcAnswer, CacheGcRequest } from "./cache-status.ts";
import { DatasetDetails, DatasetList } from "./dataset.ts";
import { ModelSettings } from "./model-settings.ts";
import type { Reply, Route } from "./route.ts";
import { RecentEvents, ServerEvent } from "./server-event.ts";
import { AdminHealth, SystemAnswer } from "./system.ts";

const base = "/api/v1/admin";

const get = (
  path: string,
  tag: string,
  summary: string,
  reply: Reply,
  problems: number[],
): Route => ({
  method: "GET",
  path: base + path,
  who: "admin",
  tag,
  summary,
  replies: { 200: reply },
  problems,
});

const post = (
  path: string,
  tag: string,
  summary: string,
  body: Type.TSchema | undefined,
  schema: Type.TSchema,
  problems: number[],
): Route => ({
  method: "POST",
  path: base + path,
  who: "admin",
  tag,
  summary,
  ...(body === undefined ? {} : { body: { schema: body } }),
  replies: { 200: { description: "What happened, or would", schema } },
  problems,
});

const model = "/models/{model}";

/** Routes below `/api/v1/admin`. Without a configured token they do not exist. */
export const adminRoutes: readonly Route[] = [
  post(
    "/reload-models",
    "admin",
    "Serves another version",
    ReloadRequest,
    ReloadAnswer,
    [400, 404, 409, 415, 422, 502, 507],
  ),
  get(
    "/models/versions/{model}",
    "admin",
    "Versions in the store, and which replica serves what",
    { description: "Versions", schema: VersionsAnswer },
    [404, 502],
  ),
  get(
    "/models/metadata/{model}",
    "admin",
    "What its training said of the model",
    { description: "Metadata", schema: MetadataAnswer },
    [404, 502],
  ),
  post(
    `${model}/promote`,
    "admin",
    "Points a channel at a version",
    PromoteRequest,
    ChannelAnswer,
    [400, 404, 409, 502],
  ),
  post(
    `${model}/rollback`,
    "admin",
    "Takes a channel back",
    RollbackRequest,
    ChannelAnswer,
    [400, 404, 409, 502],
  ),
  post(
    `${model}/traffic`,
    "admin",
    "Shares requests among versions",
    TrafficRequest,
    ConfigAnswer,
    [400, 404, 409, 502],
  ),
  {
    method: "PUT",
    path: `${base}${model}/config`,
    who: "admin",
    tag: "admin",
    summary: "Applies thresholds, labels and categories without loading weights",
    headers: [{ name: "If-Match", description: "The configuration's etag, or `*`" }],
    query: Type.Object({ dryRun: Type.Optional(Type.Boolean()) }),
    body: { schema: ModelSettings },
    replies: { 200: { description: "What is applied", schema: ConfigAnswer } },
    problems: [400, 404, 409, 412, 428, 502],
  },
  post(`${model}/pin`, "admin", "Keeps a model loaded", PinRequest, ModelAction, [400, 404]),
  post(`${model}/unload`, "admin", "Frees a model's memory", undefined, ModelAction, [404]),
  post("/cache/clear", "admin", "Removes what is not in use", undefined, CacheClearAnswer, []),
  post(
    "/cache/gc",
    "admin",
    "Shrinks the cache to its budget",
    CacheGcRequest,
    CacheGcAnswer,
    [400],
  ),
  get(
    "/health",
    "admin",
    "Stores and the machine",
    { description: "Now", schema: AdminHealth },
    [],
  ),
  get(
    "/system",
    "admin",
    "Cache, stores, replicas and memory",
    { description: "Now", schema: SystemAnswer },
    [],
  ),
  get(
    "/events",
    "admin",
    "What happens from now on",
    { description: "Server-sent events", type: "text/event-stream", schema: ServerEvent },
    [],
  ),
  get(
    "/events/recent",
    "admin",
    "What happened last",
    { description: "Events", schema: RecentEvents },
    [],
  ),
  get(
    "/datasets",
    "training",
    "Samples of all models",
    { description: "Counts", schema: DatasetList },
    [503],
  ),
  get(
    "/datasets/{model}",
    "training",
    "Samples of one model, with its quarantine",
    { description: "Counts", schema: DatasetDetails },
    [404, 503],
  ),
];
