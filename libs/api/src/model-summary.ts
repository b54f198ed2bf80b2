import Type, { type Static } from "typebox";
import { Failure, TaskName } from "./names.ts";

/** Where the weights of the version that answers are. */
export const Location = Type.Union([
  Type.Literal("remote"),
  Type.Literal("cached"),
  Type.Literal("local"),
  Type.Literal("loaded"),
]);
export type Location = Static<typeof Location>;

/** A version and the share of the requests that it answers. */
export const ServingShare = Type.Object({
  version: Type.String(),
  share: Type.Number({ minimum: 0, maximum: 1 }),
});
export type ServingShare = Static<typeof ServingShare>;

/** One model in `GET /api/v1/models`. */
export const ModelSummary = Type.Object({
  model: Type.String(),
  task: Type.Optional(TaskName),
  channels: Type.Record(Type.String(), Type.String(), { description: "Channel → version" }),
  serving: Type.Array(ServingShare, { description: "Empty while none is loaded" }),
  location: Location,
  stale: Type.Boolean({ description: "The store was out of reach; what is served may be old" }),
  pinned: Type.Boolean(),
  memoryBytes: Type.Integer(),
  requests: Type.Integer(),
  errorRate: Type.Number({ minimum: 0, maximum: 1 }),
  latency: Type.Object({ p50: Type.Number(), p95: Type.Number() }, { description: "Milliseconds" }),
  digest: Type.Optional(Type.String({ description: "SHA-256 of the main file that serves" })),
  trust: Type.Union([Type.Literal(0), Type.Literal(1), Type.Literal(2)], {
    description: "0: digests only · 1: signed · 2: signed, with an attested build",
  }),
  versions: Type.Integer({ description: "How many the store has" }),
  generation: Type.Integer({ description: "Counts the moves of what serves" }),
  queued: Type.Integer(),
  shadow: Type.Optional(
    Type.Object({
      version: Type.String(),
      compared: Type.Integer(),
      disagreed: Type.Integer(),
    }),
  ),
  failure: Type.Optional(
    Type.Object(
      { version: Type.String(), ...Failure.properties },
      { description: "The last version that could not be loaded" },
    ),
  ),
});
export type ModelSummary = Static<typeof ModelSummary>;

/** `GET /api/v1/models`. */
export const ModelList = Type.Object({ models: Type.Array(ModelSummary) });
export type ModelList = Static<typeof ModelList>;
