const OFF = new Set(["", "0", "false", "no", "off"]);

/** Whether `SKIP_WEIGHT_SYNC` asks a program not to sync at its start. Callers ask; `syncWeights` itself always syncs. */
export function isSyncSkipped(
  env: Readonly<Record<string, string | undefined>> = process.env,
): boolean {
  return !OFF.has((env["SKIP_WEIGHT_SYNC"] ?? "").trim().toLowerCase());
}
