import Type, { type Static } from "typebox";
import { Moment } from "./names.ts";

/** One event of `GET /api/v1/admin/events`, as JSON in the `data` of a server-sent event. `id` counts up. */
export const ServerEvent = Type.Object({
  id: Type.Integer(),
  at: Moment,
  type: Type.String({
    description:
      "loading, loaded, swapped, unloaded, evicted, config, failed, crashed, timeout, rolled-back; sync; promoted; " +
      "traffic; pinned; reload; store; replica; admin; cache; downloaded",
  }),
  model: Type.Optional(Type.String()),
  version: Type.Optional(Type.String()),
  code: Type.Optional(Type.String()),
  message: Type.Optional(Type.String()),
  durationMs: Type.Optional(Type.Number({ description: "Of a load, swap or download" })),
  bytes: Type.Optional(Type.Integer({ description: "Of a download" })),
});
export type ServerEvent = Static<typeof ServerEvent>;

/** `GET /api/v1/admin/events/recent`. */
export const RecentEvents = Type.Object({
  events: Type.Array(ServerEvent, { description: "Newest first" }),
});
export type RecentEvents = Static<typeof RecentEvents>;
