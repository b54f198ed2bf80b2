import Type, { type Static } from "typebox";
import { Failure, Moment } from "./names.ts";

/** A store, as it answers now. */
export const StoreHealth = Type.Object({
  store: Type.String({ description: "Address without secrets" }),
  kind: Type.String(),
  reachable: Type.Boolean(),
  writable: Type.Optional(Type.Boolean()),
  latencyMs: Type.Optional(Type.Number()),
  error: Type.Optional(Failure),
  checkedAt: Moment,
});
export type StoreHealth = Static<typeof StoreHealth>;

/** A server that follows the same store. */
export const Replica = Type.Object({
  id: Type.String(),
  generation: Type.Integer(),
  models: Type.Record(Type.String(), Type.String(), { description: "Model → version it serves" }),
  lastSeen: Moment,
  self: Type.Optional(Type.Boolean()),
});
export type Replica = Static<typeof Replica>;

/** `GET /api/v1/admin/system`. */
export const SystemAnswer = Type.Object({
  version: Type.String(),
  uptime: Type.Number({ description: "Seconds" }),
  cache: Type.Object({
    directory: Type.String(),
    files: Type.Integer(),
    bytes: Type.Integer(),
    hits: Type.Integer(),
    misses: Type.Integer(),
    budget: Type.Union([Type.Integer(), Type.Null()], { description: "Bytes; null: unbounded" }),
  }),
  stores: Type.Array(StoreHealth),
  replicas: Type.Array(Replica),
  memory: Type.Object(
    {
      rss: Type.Integer(),
      models: Type.Integer({ description: "Sum over the children" }),
      budget: Type.Union([Type.Integer(), Type.Null()]),
      limit: Type.Union([Type.Integer(), Type.Null()], { description: "Of the control group" }),
    },
    { description: "Bytes" },
  ),
  requestsInFlight: Type.Integer(),
});
export type SystemAnswer = Static<typeof SystemAnswer>;

/** `GET /api/v1/admin/health`. */
export const AdminHealth = Type.Object({
  status: Type.String(),
  storage: Type.Object({
    connected: Type.Boolean(),
    message: Type.String({ examples: ["S3 connection successful"] }),
    stores: Type.Array(StoreHealth),
  }),
  system: Type.Object({
    uptime: Type.Number(),
    memory_rss_mb: Type.Number(),
    cpu_count: Type.Integer(),
    load_average: Type.Array(Type.Number()),
    node: Type.String(),
    platform: Type.String(),
  }),
});
export type AdminHealth = Static<typeof AdminHealth>;
