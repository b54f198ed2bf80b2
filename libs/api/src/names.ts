import Type, { type Static } from "typebox";

/** Name of a model, as in a store. */
export const ModelName = Type.String({
  pattern: "^[a-z0-9][a-z0-9._-]{0,99}$",
  maxLength: 100,
  examples: ["yolov8m"],
});
export type ModelName = Static<typeof ModelName>;

/** A release, `v` and a semantic version, or the name of a channel. */
export const VersionOrChannel = Type.String({
  pattern: "^[A-Za-z0-9][A-Za-z0-9._+-]{0,99}$",
  maxLength: 100,
  examples: ["v2.1.0", "latest"],
});
export type VersionOrChannel = Static<typeof VersionOrChannel>;

/** What a model is for. */
export const TaskName = Type.Union(
  [
    Type.Literal("object-detection"),
    Type.Literal("image-classification"),
    Type.Literal("audio-classification"),
    Type.Literal("text-classification"),
    Type.Literal("tensor"),
  ],
  { description: "Decides how the model is asked" },
);
export type TaskName = Static<typeof TaskName>;

/** A moment, ISO 8601 in UTC. */
export const Moment = Type.String({ format: "date-time", examples: ["2026-01-31T12:00:00.000Z"] });
export type Moment = Static<typeof Moment>;

/** A failure that is told inside an answer. */
export const Failure = Type.Object({ code: Type.String(), message: Type.String() });
export type Failure = Static<typeof Failure>;
