import Type, { type Static } from "typebox";
import { Failure } from "./names.ts";

/** `GET /` for a program. */
export const Welcome = Type.Object({
  message: Type.String(),
  version: Type.String(),
  status: Type.String(),
  endpoints: Type.Record(Type.String(), Type.String()),
});
export type Welcome = Static<typeof Welcome>;

/** `GET /health` and the probes below it. */
export const Health = Type.Object({
  status: Type.Union([
    Type.Literal("ok"),
    Type.Literal("starting"),
    Type.Literal("draining"),
    Type.Literal("degraded"),
  ]),
  uptime: Type.Number({ description: "Seconds" }),
  problem: Type.Optional(Failure),
});
export type Health = Static<typeof Health>;

/** `GET /status`: null where nothing is known yet. */
export const Status = Type.Object({
  status: Type.String(),
  uptime: Type.Number({ description: "Seconds" }),
  total_predictions: Type.Integer(),
  model_loaded: Type.Boolean(),
  model_name: Type.Union([Type.String(), Type.Null()]),
  training_date: Type.Union([Type.String(), Type.Null()]),
  test_accuracy: Type.Union([Type.Number(), Type.Null()]),
  num_classes: Type.Integer(),
  classes: Type.Array(Type.String()),
});
export type Status = Static<typeof Status>;
