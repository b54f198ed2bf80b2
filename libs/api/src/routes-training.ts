import type { Route } from "./route.ts";
import {
  RetrainAnswer,
  RetrainRequest,
  TrainingEvent,
  TrainingRun,
  TrainingRunList,
  UploadAnswer,
  UploadForm,
} from "./training.ts";

/** Routes of samples and retraining. They answer 503 where the server was started without a training pipeline. */
export const trainingRoutes: readonly Route[] = [
  {
    method: "POST",
    path: "/upload",
    who: "key",
    tag: "training",
    summary: "Takes a labelled sample",
    body: { schema: UploadForm, type: "multipart/form-data" },
    replies: { 200: { description: "Where it is", schema: UploadAnswer } },
    problems: [400, 404, 413, 415, 422, 429, 503],
  },
  {
    method: "POST",
    path: "/retrain",
    who: "admin",
    tag: "training",
    summary: "Starts a retraining, one at a time",
    body: { schema: RetrainRequest, required: false },
    replies: {
      200: {
        description: "Not started: one runs, or there are too few samples",
        schema: RetrainAnswer,
      },
      202: { description: "Started", schema: RetrainAnswer },
    },
    problems: [400, 404, 503],
  },
  {
    method: "GET",
    path: "/training/runs",
    who: "admin",
    tag: "training",
    summary: "Retrainings, newest first",
    replies: { 200: { description: "Runs", schema: TrainingRunList } },
    problems: [503],
  },
  {
    method: "GET",
    path: "/training/runs/{id}",
    who: "admin",
    tag: "training",
    summary: "One retraining with its curve and metrics",
    replies: { 200: { description: "The run", schema: TrainingRun } },
    problems: [404, 503],
  },
  {
    method: "GET",
    path: "/training/runs/{id}/events",
    who: "admin",
    tag: "training",
    summary: "What happens in a run; ends with it",
    replies: {
      200: { description: "Server-sent events", type: "text/event-stream", schema: TrainingEvent },
    },
    problems: [404, 503],
  },
  {
    method: "POST",
    path: "/training/runs/{id}/cancel",
    who: "admin",
    tag: "training",
    summary: "Ends a run",
    replies: { 200: { description: "The run", schema: TrainingRun } },
    problems: [404, 409, 503],
  },
];
