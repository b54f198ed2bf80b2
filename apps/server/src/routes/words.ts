import type { Classification, DetectionAnswer } from "@plimsoll/api";
import type { Prediction } from "@plimsoll/inference";
import { ServerError } from "../error.ts";

/** A classification in the words of `POST /predict`. */
export function classificationOf(prediction: Prediction, now: number): Classification {
  const { model, version, output, durationMs } = prediction;
  if (output.kind !== "classification") {
    throw new ServerError("E_MEDIA", 415, `${model} does not classify: ask it by its own route`);
  }
  return {
    success: true,
    predicted_class: output.predictedClass,
    confidence: output.confidence,
    all_probabilities: output.probabilities,
    processing_time: durationMs / 1000,
    timestamp: new Date(now).toISOString(),
    model,
    version,
  };
}

/** Detections in the words of `POST /api/detect`. */
export function detectionsOf(prediction: Prediction): DetectionAnswer {
  const { model, version, output, durationMs } = prediction;
  if (output.kind !== "detections") {
    throw new ServerError("E_MEDIA", 415, `${model} finds no objects: ask it by its own route`);
  }
  return {
    success: true,
    model,
    version,
    detections: output.detections.map(({ class: name, classId, confidence, box }) => ({
      class: name,
      class_id: classId,
      confidence,
      box,
    })),
    image: output.image,
    processing_time: durationMs / 1000,
  };
}
