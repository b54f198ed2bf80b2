import Type, { type Static } from "typebox";
import { Location } from "./model-summary.ts";

/** `GET /api/cache-status`, `/api/health` and `/api/models`: where the weights are. */
export const CacheStatusAnswer = Type.Object({
  status: Type.String(),
  cache_directory: Type.Union([Type.String(), Type.Null()], {
    description: "Null for who has no admin token",
  }),
  models: Type.Array(
    Type.Object({
      name: Type.String(),
      location: Location,
      version: Type.Union([Type.String(), Type.Null()]),
    }),
  ),
  cached_files: Type.Array(
    Type.Object({ name: Type.String(), size: Type.Integer({ description: "Bytes" }) }),
  ),
  total_size: Type.Integer({ description: "Bytes" }),
  hits: Type.Integer(),
  misses: Type.Integer(),
});
export type CacheStatusAnswer = Static<typeof CacheStatusAnswer>;

/** `POST /api/v1/admin/cache/clear`. */
export const CacheClearAnswer = Type.Object({
  success: Type.Boolean(),
  message: Type.String(),
  removed_files: Type.Integer(),
  removed_bytes: Type.Integer(),
  kept_files: Type.Integer({ description: "In use, so left where they are" }),
});
export type CacheClearAnswer = Static<typeof CacheClearAnswer>;

/** `POST /api/v1/admin/cache/gc`. */
export const CacheGcRequest = Type.Object(
  {
    budgetBytes: Type.Optional(Type.Integer({ minimum: 0 })),
    dryRun: Type.Optional(Type.Boolean()),
  },
  { additionalProperties: false },
);
export type CacheGcRequest = Static<typeof CacheGcRequest>;

export const CacheGcAnswer = Type.Object({
  dryRun: Type.Boolean(),
  removedFiles: Type.Integer(),
  removedBytes: Type.Integer(),
  keptBytes: Type.Integer(),
});
export type CacheGcAnswer = Static<typeof CacheGcAnswer>;
