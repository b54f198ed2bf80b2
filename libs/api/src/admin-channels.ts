import Type, { type Static } from "typebox";
import { ModelSettings } from "./model-settings.ts";
import { ModelName, VersionOrChannel } from "./names.ts";

const channel = Type.String({ pattern: "^[a-z0-9][a-z0-9._-]{0,99}$", maxLength: 100 });
const expect = Type.Optional(
  Type.String({
    pattern: "^[A-Za-z0-9][A-Za-z0-9._+-]{0,99}$",
    description: "Version that the channel names now (`none`: none yet); another answers 409",
  }),
);
const dryRun = Type.Optional(Type.Boolean({ description: "Only say what would happen" }));

/** Body of `POST /api/v1/admin/models/:model/promote`. */
export const PromoteRequest = Type.Object(
  {
    version: VersionOrChannel,
    channel,
    require: Type.Optional(
      Type.Array(Type.String({ maxLength: 200 }), {
        maxItems: 20,
        description: "Gates, e.g. `accuracy>=0.9`",
      }),
    ),
    expect,
    dryRun,
  },
  { additionalProperties: false },
);
export type PromoteRequest = Static<typeof PromoteRequest>;

/** Body of `POST /api/v1/admin/models/:model/rollback`. */
export const RollbackRequest = Type.Object(
  { channel, expect, dryRun },
  { additionalProperties: false },
);
export type RollbackRequest = Static<typeof RollbackRequest>;

/** What a promotion or rollback does, or did. */
export const ChannelAnswer = Type.Object({
  model: ModelName,
  channel: Type.String(),
  from: Type.Union([Type.String(), Type.Null()]),
  to: Type.String(),
  dryRun: Type.Boolean(),
  message: Type.String(),
  allowed: Type.Boolean({ description: "False, with a reason, only in a dry run; else 409" }),
  moved: Type.Boolean({ description: "False where the channel named that version already" }),
  reason: Type.Optional(Type.String({ description: "Which gate refuses" })),
});
export type ChannelAnswer = Static<typeof ChannelAnswer>;

/** Body of `POST /api/v1/admin/models/:model/traffic`. */
export const TrafficRequest = Type.Object(
  {
    weights: Type.Record(Type.String(), Type.Number({ minimum: 0 }), {
      description: "Version → share, weighed against each other; empty: the channel alone",
    }),
    shadow: Type.Optional(Type.Union([VersionOrChannel, Type.Null()])),
    dryRun,
  },
  { additionalProperties: false },
);
export type TrafficRequest = Static<typeof TrafficRequest>;

/** What `traffic` and `config` answer: the configuration that is applied from now on. */
export const ConfigAnswer = Type.Object({
  model: ModelName,
  value: ModelSettings,
  etag: Type.Union([Type.String(), Type.Null()]),
  dryRun: Type.Boolean(),
  scope: Type.Union([Type.Literal("local"), Type.Literal("all")]),
  message: Type.String(),
});
export type ConfigAnswer = Static<typeof ConfigAnswer>;
