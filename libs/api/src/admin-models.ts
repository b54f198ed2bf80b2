import Type, { type Static } from "typebox";
import { Failure, ModelName, Moment, VersionOrChannel } from "./names.ts";

/** Body of `POST /api/v1/admin/reload-models`. */
export const ReloadRequest = Type.Object(
  {
    model_type: Type.String({
      pattern: "^[a-z0-9][a-z0-9._-]{0,99}$",
      description: "A model, a type (`visual_detector`…) or `all`",
    }),
    version: Type.Optional(VersionOrChannel),
    force_download: Type.Optional(Type.Boolean()),
    force: Type.Optional(
      Type.Boolean({ description: "Takes another signature, and a version known as broken" }),
    ),
    wait: Type.Optional(
      Type.Union([Type.Literal("none"), Type.Literal("local"), Type.Literal("all")], {
        description: "`all`: answer when every live replica serves it. Default `local`",
      }),
    ),
  },
  { additionalProperties: false },
);
export type ReloadRequest = Static<typeof ReloadRequest>;

/** What a reload did to one model. */
export const ReloadedModel = Type.Object({
  model: Type.String(),
  success: Type.Boolean(),
  version: Type.Union([Type.String(), Type.Null()]),
  previous: Type.Optional(Type.String()),
  generation: Type.Optional(Type.Integer()),
  outcome: Type.Union([
    Type.Literal("swapped"),
    Type.Literal("unchanged"),
    Type.Literal("prepared"),
    Type.Literal("failed"),
  ]),
  duration_ms: Type.Optional(Type.Number()),
  error: Type.Optional(Failure),
});
export type ReloadedModel = Static<typeof ReloadedModel>;

/** `POST /api/v1/admin/reload-models`. */
export const ReloadAnswer = Type.Object({
  success: Type.Boolean(),
  model_type: Type.String(),
  version: Type.String(),
  message: Type.String(),
  reloaded_at: Moment,
  scope: Type.Union([Type.Literal("local"), Type.Literal("all")], {
    description: "`local`: the store takes no writes, so only this replica was told",
  }),
  models: Type.Array(ReloadedModel),
  replicas: Type.Optional(
    Type.Object({ live: Type.Integer(), converged: Type.Integer() }, { description: "With wait" }),
  ),
});
export type ReloadAnswer = Static<typeof ReloadAnswer>;

/** `GET /api/v1/admin/models/versions/:model`. */
export const VersionsAnswer = Type.Object({
  model_name: Type.String(),
  versions: Type.Array(Type.String(), { description: "Newest first" }),
  latest: Type.Union([Type.String(), Type.Null()]),
  storage_type: Type.String(),
  replicas: Type.Array(
    Type.Object({
      id: Type.String(),
      version: Type.Union([Type.String(), Type.Null()]),
      generation: Type.Integer(),
    }),
  ),
});
export type VersionsAnswer = Static<typeof VersionsAnswer>;

/** `GET /api/v1/admin/models/metadata/:model`. */
export const MetadataAnswer = Type.Record(Type.String(), Type.Unknown());
export type MetadataAnswer = Static<typeof MetadataAnswer>;

/** `POST /api/v1/admin/models/:model/unload`, `/pin`. */
export const PinRequest = Type.Object({ pinned: Type.Boolean() }, { additionalProperties: false });
export type PinRequest = Static<typeof PinRequest>;

export const ModelAction = Type.Object({ model: ModelName, message: Type.String() });
export type ModelAction = Static<typeof ModelAction>;
