const MODEL = /^[a-z0-9][a-z0-9._-]{0,99}$/;

/** True for a model's name: `[a-z0-9][a-z0-9._-]{0,99}`. */
export function isModelName(text: unknown): text is string {
  return typeof text === "string" && MODEL.test(text);
}
