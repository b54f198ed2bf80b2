import Type, { type Static } from "typebox";
import { ModelSettings } from "./model-settings.ts";
import { ModelSummary } from "./model-summary.ts";
import { Moment } from "./names.ts";

/** One version of a model in its store. */
export const VersionDetails = Type.Object({
  version: Type.String(),
  createdAt: Type.Optional(Moment),
  files: Type.Array(
    Type.Object({
      name: Type.String(),
      size: Type.Integer({ description: "Bytes" }),
      checksum: Type.String({ description: "SHA-256" }),
    }),
  ),
  metrics: Type.Optional(Type.Record(Type.String(), Type.Number())),
  yanked: Type.Boolean(),
  yankReason: Type.Optional(Type.String()),
  updateBytes: Type.Optional(
    Type.Integer({
      description: "To fetch, coming from the version that serves; all of it where none does",
    }),
  ),
});
export type VersionDetails = Static<typeof VersionDetails>;

/** A metric over the versions, oldest first. */
export const MetricSeries = Type.Object({
  name: Type.String(),
  points: Type.Array(Type.Object({ version: Type.String(), value: Type.Number() })),
});
export type MetricSeries = Static<typeof MetricSeries>;

/** `GET /api/v1/models/:model`. */
export const ModelDetails = Type.Object({
  model: ModelSummary,
  versions: Type.Array(VersionDetails, { description: "Newest first" }),
  metadata: Type.Record(Type.String(), Type.Unknown()),
  card: Type.Union([Type.String(), Type.Null()], { description: "Markdown" }),
  config: Type.Object({
    value: ModelSettings,
    etag: Type.Union([Type.String(), Type.Null()], { description: "For `If-Match`; null: none" }),
  }),
  metrics: Type.Array(MetricSeries),
});
export type ModelDetails = Static<typeof ModelDetails>;
