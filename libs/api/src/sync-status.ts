import Type, { type Static } from "typebox";
import { Failure } from "./names.ts";

/** One file of a sync that runs or ran. */
export const SyncFile = Type.Object({
  name: Type.String(),
  model: Type.Optional(Type.String()),
  size: Type.Integer({ description: "Bytes; 0 while unknown" }),
  received: Type.Integer({ description: "Bytes" }),
  bytesPerSecond: Type.Number(),
  state: Type.Union([
    Type.Literal("waiting"),
    Type.Literal("fetching"),
    Type.Literal("verified"),
    Type.Literal("failed"),
  ]),
  error: Type.Optional(Failure),
});
export type SyncFile = Static<typeof SyncFile>;

/** `GET /api/v1/sync`. */
export const SyncStatus = Type.Object({
  state: Type.Union([
    Type.Literal("idle"),
    Type.Literal("syncing"),
    Type.Literal("done"),
    Type.Literal("failed"),
  ]),
  files: Type.Array(SyncFile),
  error: Type.Optional(Failure),
});
export type SyncStatus = Static<typeof SyncStatus>;
