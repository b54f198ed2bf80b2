import { parseJson, printable } from "@plimsoll/manifest";
import type { Driver } from "@plimsoll/storage";
import { WeightsError } from "./error.ts";
import { codeOf } from "./problem.ts";
import { readObject } from "./read-object.ts";
import { storeKeys } from "./store-keys.ts";

/** Why a version must not be used any more: `models/<model>/yanked/<version>.json`. */
export interface Yanked {
  readonly schema: 1;
  readonly model: string;
  readonly version: string;
  readonly reason: string;
  /** ISO 8601, UTC. */
  readonly yanked_at: string;
  readonly yanked_by?: string;
}

const MAX_BYTES = 16 * 1024;

/**
 * The note that withdraws a version, or undefined. It lies outside the version, which never changes, and is found
 * without a channel. A note that cannot be read still withdraws.
 */
export async function readYanked(
  driver: Driver,
  model: string,
  version: string,
  options: { readonly signal?: AbortSignal | undefined } = {},
): Promise<Yanked | undefined> {
  const key = storeKeys.yanked(model, version);
  const blank = { schema: 1, model, version, reason: "no reason given", yanked_at: "" } as const;
  try {
    const object = await readObject(driver, key, { maxBytes: MAX_BYTES, ...options });
    if (object === undefined) return undefined;
    const value = parseJson(object.bytes, { maxBytes: MAX_BYTES, maxDepth: 4, source: key });
    if (typeof value !== "object" || value === null) return blank;
    const { reason, yanked_at, yanked_by } = value as Record<string, unknown>;
    return {
      ...blank,
      ...(typeof reason === "string" && { reason }),
      ...(typeof yanked_at === "string" && { yanked_at }),
      ...(typeof yanked_by === "string" && { yanked_by }),
    };
  } catch (error) {
    const code = codeOf(error) ?? "";
    if (code.startsWith("E_MANIFEST") || code === "E_LIMIT") return blank;
    // Hosts that do not list answer so for what does not exist (row S9).
    if (code === "E_AUTH") return undefined;
    throw error;
  }
}

/** Throws `E_YANKED` with the reason if the version was withdrawn. */
export async function refuseYanked(
  driver: Driver,
  model: string,
  version: string,
  options: { readonly signal?: AbortSignal | undefined } = {},
): Promise<void> {
  const yanked = await readYanked(driver, model, version, options);
  if (yanked !== undefined) throw yankedError(model, version, yanked.reason, driver.url);
}

/** The refusal of a withdrawn version. */
export function yankedError(
  model: string,
  version: string,
  reason: string,
  source: string,
): WeightsError {
  return new WeightsError(
    "E_YANKED",
    `${model}@${version}: withdrawn at ${source}: ${printable(reason, 500)}: take another version (plimsoll versions ${model}), or plimsoll rollback if a channel names it`,
  );
}
