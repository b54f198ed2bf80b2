import Type, { type Static } from "typebox";

const share = Type.Number({ minimum: 0, maximum: 1 });

/** `models/<model>/config.json`: what is applied without loading weights again. */
export const ModelSettings = Type.Object(
  {
    confidence_threshold: Type.Optional(share),
    class_thresholds: Type.Optional(Type.Record(Type.String(), share)),
    iou_threshold: Type.Optional(share),
    labels: Type.Optional(Type.Array(Type.String({ maxLength: 200 }), { maxItems: 100_000 })),
    categories: Type.Optional(Type.Record(Type.String(), Type.Array(Type.String()))),
    traffic: Type.Optional(
      Type.Object(
        {
          weights: Type.Optional(Type.Record(Type.String(), Type.Number({ minimum: 0 }))),
          sticky_header: Type.Optional(Type.String()),
          sticky_cookie: Type.Optional(Type.String()),
          shadow: Type.Optional(Type.String()),
        },
        { additionalProperties: false },
      ),
    ),
    rollback: Type.Optional(
      Type.Object(
        {
          max_error_rate: Type.Optional(share),
          max_latency_ms: Type.Optional(Type.Number({ exclusiveMinimum: 0 })),
          max_non_finite: Type.Optional(share),
          window: Type.Optional(Type.Integer({ minimum: 20, maximum: 100_000 })),
        },
        { additionalProperties: false },
      ),
    ),
    max_queue: Type.Optional(Type.Integer({ minimum: 1, maximum: 100_000 })),
    timeout_ms: Type.Optional(Type.Integer({ minimum: 1, maximum: 3_600_000 })),
  },
  { additionalProperties: false },
);
export type ModelSettings = Static<typeof ModelSettings>;
