const UTC = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{1,9})?(?:Z|\+00:00)$/;

/** True for a moment in ISO 8601 and UTC, e.g. `2026-11-21T10:00:00Z`, as every time in the project's files is written. */
export function isUtcTime(text: unknown): text is string {
  return typeof text === "string" && UTC.test(text) && !Number.isNaN(Date.parse(text));
}
