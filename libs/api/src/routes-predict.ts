import Type from "typebox";
import {
  Classification,
  ClassifyRequest,
  DetectForm,
  DetectionAnswer,
  PredictForm,
} from "./predict.ts";
import type { Route } from "./route.ts";

const problems = [400, 404, 413, 415, 422, 429, 500, 503, 504];

/** Routes that ask a model. Every answer names the version and digest that gave it in two headers. */
export const predictRoutes: readonly Route[] = [
  {
    method: "POST",
    path: "/predict",
    who: "key",
    tag: "predictions",
    summary: "Classifies a picture or a sound, told apart by its first bytes",
    body: { schema: PredictForm, type: "multipart/form-data" },
    replies: { 200: { description: "The classes", schema: Classification } },
    problems,
  },
  {
    method: "POST",
    path: "/api/detect",
    who: "key",
    tag: "predictions",
    summary: "Finds objects in a picture",
    body: { schema: DetectForm, type: "multipart/form-data" },
    replies: { 200: { description: "The objects", schema: DetectionAnswer } },
    problems,
  },
  {
    method: "POST",
    path: "/api/v1/classify",
    who: "key",
    tag: "predictions",
    summary: "Classifies a text, or a picture or sound in base64",
    body: { schema: ClassifyRequest },
    replies: {
      200: {
        description: "The classes, or the objects where a detector was asked",
        schema: Type.Union([Classification, DetectionAnswer]),
      },
    },
    problems,
  },
];
