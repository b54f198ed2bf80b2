import Type, { type Static } from "typebox";
import { Moment } from "./names.ts";

/** The samples of one model. */
export const DatasetSummary = Type.Object({
  model: Type.String(),
  samples: Type.Integer(),
  newSamples: Type.Integer({ description: "Since the last training" }),
  quarantined: Type.Integer(),
  classes: Type.Record(Type.String(), Type.Integer(), { description: "Class → samples" }),
});
export type DatasetSummary = Static<typeof DatasetSummary>;

/** `GET /api/v1/admin/datasets`. */
export const DatasetList = Type.Object({ datasets: Type.Array(DatasetSummary) });
export type DatasetList = Static<typeof DatasetList>;

/** `GET /api/v1/admin/datasets/:model`. */
export const DatasetDetails = Type.Object({
  ...DatasetSummary.properties,
  quarantine: Type.Array(
    Type.Object({
      id: Type.String(),
      class: Type.String(),
      reason: Type.String(),
      size: Type.Optional(Type.Integer({ description: "Bytes" })),
      at: Type.Optional(Moment),
    }),
  ),
});
export type DatasetDetails = Static<typeof DatasetDetails>;
