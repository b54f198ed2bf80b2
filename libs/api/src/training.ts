import Type, { type Static } from "typebox";
import { Failure, ModelName, Moment } from "./names.ts";

/** Fields of the form of `POST /upload`. */
export const UploadForm = Type.Object({
  file: Type.String({ format: "binary" }),
  class_name: Type.String({ minLength: 1, maxLength: 100 }),
  model: Type.Optional(ModelName),
});
export type UploadForm = Static<typeof UploadForm>;

/** `POST /upload`. */
export const UploadAnswer = Type.Object({
  success: Type.Boolean(),
  message: Type.String(),
  file_path: Type.String({ description: "Key in the store" }),
  class: Type.String(),
  s3_uploaded: Type.Boolean({ description: "It is in the store, whatever kind of store that is" }),
  duplicate: Type.Optional(
    Type.Boolean({ description: "True: these bytes were there already, in this class" }),
  ),
  quarantined: Type.Optional(Type.String({ description: "Why it waits for a person, if it does" })),
  timestamp: Moment,
});
export type UploadAnswer = Static<typeof UploadAnswer>;

/** Body of `POST /retrain`. */
export const RetrainRequest = Type.Object(
  {
    model: Type.Optional(ModelName),
    min_samples: Type.Optional(Type.Integer({ minimum: 0 })),
    min_new_samples: Type.Optional(Type.Integer({ minimum: 0 })),
    trigger_reason: Type.Optional(Type.String({ maxLength: 500 })),
  },
  { additionalProperties: false },
);
export type RetrainRequest = Static<typeof RetrainRequest>;

/** `POST /retrain`: 202 with `started`; else 200 and `success: false`. */
export const RetrainAnswer = Type.Object({
  success: Type.Boolean(),
  message: Type.String(),
  status: Type.Union([
    Type.Literal("started"),
    Type.Literal("in_progress"),
    Type.Literal("not_enough_samples"),
  ]),
  run: Type.Optional(Type.String()),
  have: Type.Optional(Type.Integer()),
  need: Type.Optional(Type.Integer()),
});
export type RetrainAnswer = Static<typeof RetrainAnswer>;

/** One epoch of a learning curve. */
export const CurvePoint = Type.Object({
  epoch: Type.Integer(),
  loss: Type.Optional(Type.Number()),
  accuracy: Type.Optional(Type.Number()),
  valLoss: Type.Optional(Type.Number()),
  valAccuracy: Type.Optional(Type.Number()),
});
export type CurvePoint = Static<typeof CurvePoint>;

/** A retraining. */
export const TrainingRun = Type.Object({
  id: Type.String(),
  model: Type.String(),
  state: Type.Union([
    Type.Literal("queued"),
    Type.Literal("running"),
    Type.Literal("succeeded"),
    Type.Literal("rejected"),
    Type.Literal("failed"),
    Type.Literal("cancelled"),
  ]),
  stage: Type.Optional(Type.String({ description: "What it is doing: samples, train, evaluate…" })),
  progress: Type.Number({ minimum: 0, maximum: 1 }),
  reason: Type.Optional(Type.String({ description: "Why it was started" })),
  createdAt: Moment,
  startedAt: Type.Optional(Moment),
  endedAt: Type.Optional(Moment),
  version: Type.Optional(Type.String({ description: "That it published" })),
  baseline: Type.Optional(Type.String({ description: "Version that it was compared with" })),
  samples: Type.Optional(Type.Record(Type.String(), Type.Integer())),
  metrics: Type.Optional(Type.Record(Type.String(), Type.Number())),
  baselineMetrics: Type.Optional(Type.Record(Type.String(), Type.Number())),
  confusion: Type.Optional(
    Type.Object({
      classes: Type.Array(Type.String()),
      counts: Type.Array(Type.Array(Type.Integer()), { description: "Row: the true class" }),
    }),
  ),
  curve: Type.Array(CurvePoint),
  error: Type.Optional(Failure),
});
export type TrainingRun = Static<typeof TrainingRun>;

/** `GET /training/runs`. */
export const TrainingRunList = Type.Object({
  runs: Type.Array(TrainingRun, { description: "Newest first" }),
});
export type TrainingRunList = Static<typeof TrainingRunList>;

/** One event of `GET /training/runs/:id/events`, as JSON in the `data` of a server-sent event. */
export const TrainingEvent = Type.Object({
  at: Moment,
  run: Type.String(),
  type: Type.Union([
    Type.Literal("state"),
    Type.Literal("stage"),
    Type.Literal("progress"),
    Type.Literal("epoch"),
    Type.Literal("log"),
  ]),
  state: Type.Optional(Type.String()),
  stage: Type.Optional(Type.String()),
  progress: Type.Optional(Type.Number()),
  point: Type.Optional(CurvePoint),
  message: Type.Optional(Type.String()),
});
export type TrainingEvent = Static<typeof TrainingEvent>;
