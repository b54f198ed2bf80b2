import { isModelName, type JsonValue, parseRelease } from "@plimsoll/manifest";
import type { Driver } from "@plimsoll/storage";
import { WeightsError } from "@plimsoll/weights";
import { codeOf } from "./code-of.ts";
import { servingKeys } from "./serving-keys.ts";
import { readDocument } from "./watched-document.ts";

/** `models/<model>/desired.json`: what every replica is to serve. */
export interface Desired {
  readonly schema: 1;
  readonly model: string;
  /** One more with every reload. */
  readonly generation: number;
  /** A certain version; absent: what the followed channel names. */
  readonly version?: string;
  /** Move of the followed channel when this was written: a later move of the channel is the newer order, and wins. */
  readonly sequence?: number;
  /** ISO 8601, UTC. */
  readonly issued_at: string;
  readonly issued_by?: string;
}

const tries = 16;

/** Reads what `desired.json` says. Throws `E_MANIFEST_SCHEMA` for what is none of `model`. */
export function parseDesired(value: JsonValue, model: string, source: string): Desired {
  const record = (typeof value === "object" && value !== null ? value : {}) as Record<
    string,
    JsonValue
  >;
  const { schema, generation, version, sequence, issued_at, issued_by } = record;
  const isRight =
    schema === 1 &&
    record["model"] === model &&
    isCount(generation) &&
    (version === undefined || isVersion(version)) &&
    (sequence === undefined || isCount(sequence));
  if (!isRight) {
    throw new WeightsError(
      "E_MANIFEST_SCHEMA",
      `${source}: not a desired state of ${model}: reload-models writes a new one once it is removed`,
    );
  }
  return {
    schema: 1,
    model,
    generation,
    ...(isVersion(version) && { version }),
    ...(isCount(sequence) && { sequence }),
    issued_at: typeof issued_at === "string" ? issued_at : "",
    ...(typeof issued_by === "string" && { issued_by }),
  };
}

/**
 * Writes the next generation by compare-and-swap; who comes second builds on the first one's.
 *
 * @throws WeightsError `E_AUTH` where the store takes no conditional write, `E_CONFLICT` where others kept writing; what
 * the store throws.
 */
export async function writeDesired(
  driver: Driver,
  model: string,
  next: Omit<Desired, "schema" | "model" | "generation">,
): Promise<Desired> {
  const key = servingKeys.desired(model);
  if (driver.swap === undefined) {
    throw new WeightsError(
      "E_AUTH",
      `${driver.url}: takes no conditional write, so none of ${key}`,
    );
  }
  for (let attempt = 0; attempt < tries; attempt++) {
    const found = await readDocument(driver, key);
    const before = found && parseDesired(found.value, model, `${key} at ${driver.url}`);
    const generation = (before?.generation ?? 0) + 1;
    const desired: Desired = { schema: 1, model, generation, ...next };
    const bytes = Buffer.from(`${JSON.stringify(desired, undefined, 2)}\n`);
    const etag = found && (found.stat.etag ?? (await driver.stat(key))?.etag);
    try {
      await driver.swap(key, bytes, { expected: etag ?? null, contentType: "application/json" });
      return desired;
    } catch (error) {
      if (codeOf(error) !== "E_CONFLICT" && codeOf(error) !== "E_EXISTS") throw error;
    }
  }
  throw new WeightsError(
    "E_CONFLICT",
    `${key}: written by others ${tries} times meanwhile: try again`,
  );
}

const isCount = (value: JsonValue | undefined): value is number =>
  typeof value === "number" && Number.isSafeInteger(value) && value >= 0;

const isVersion = (value: JsonValue | undefined): value is string =>
  typeof value === "string" && (parseRelease(value) !== undefined || isModelName(value));
