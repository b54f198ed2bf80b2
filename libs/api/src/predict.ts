import Type, { type Static } from "typebox";
import { Moment, ModelName, VersionOrChannel } from "./names.ts";

/** A certain version, loaded beside the one that serves: how two are compared on the same input. */
const version = Type.Optional(VersionOrChannel);

/** `POST /predict`, and `POST /api/v1/classify`. */
export const Classification = Type.Object({
  success: Type.Boolean(),
  predicted_class: Type.String(),
  confidence: Type.Number(),
  all_probabilities: Type.Record(Type.String(), Type.Number()),
  processing_time: Type.Number({ description: "Seconds" }),
  timestamp: Moment,
  model: Type.String(),
  version: Type.String(),
});
export type Classification = Static<typeof Classification>;

export const DetectedObject = Type.Object({
  class: Type.String(),
  class_id: Type.Integer(),
  confidence: Type.Number(),
  box: Type.Object(
    { x1: Type.Number(), y1: Type.Number(), x2: Type.Number(), y2: Type.Number() },
    { description: "Pixels of the original picture" },
  ),
});
export type DetectedObject = Static<typeof DetectedObject>;

/** `POST /api/detect`. */
export const DetectionAnswer = Type.Object({
  success: Type.Boolean(),
  model: Type.String(),
  version: Type.String(),
  detections: Type.Array(DetectedObject),
  image: Type.Object({ width: Type.Integer(), height: Type.Integer() }),
  processing_time: Type.Number({ description: "Seconds" }),
});
export type DetectionAnswer = Static<typeof DetectionAnswer>;

/** Body of `POST /api/v1/classify`. */
export const ClassifyRequest = Type.Object(
  {
    type: Type.Union([Type.Literal("text"), Type.Literal("visual"), Type.Literal("audio")]),
    data: Type.String({ description: "The text, or the picture or sound in base64" }),
    model: Type.Optional(ModelName),
    version,
  },
  { additionalProperties: false },
);
export type ClassifyRequest = Static<typeof ClassifyRequest>;

/** Fields of the form of `POST /predict`. */
export const PredictForm = Type.Object({
  file: Type.String({ format: "binary" }),
  model: Type.Optional(ModelName),
  version,
});
export type PredictForm = Static<typeof PredictForm>;

/** Fields of the form of `POST /api/detect`. */
export const DetectForm = Type.Object({
  image: Type.String({ format: "binary" }),
  model: Type.Optional(ModelName),
  version,
  confidence: Type.Optional(Type.Number({ minimum: 0, maximum: 1 })),
});
export type DetectForm = Static<typeof DetectForm>;
