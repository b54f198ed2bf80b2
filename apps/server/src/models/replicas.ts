import type { JsonValue } from "@plimsoll/manifest";
import { bytesSource, type Driver } from "@plimsoll/storage";
import { servingKeys } from "./serving-keys.ts";
import { readDocument } from "./watched-document.ts";

/** What one server says it serves: `models/<model>/replicas/<id>.json`. */
export interface Replica {
  readonly id: string;
  readonly model: string;
  readonly version?: string;
  readonly digest?: string;
  /** The generation of `desired.json` that it has carried out, or tried to. */
  readonly generation: number;
  readonly state: "serving" | "idle" | "failed";
  /** Why it does not serve what is desired. */
  readonly reason?: string;
  /** ISO 8601, UTC. */
  readonly at: string;
  /** Milliseconds between two beats: three missed, and it counts as gone. */
  readonly interval_ms: number;
}

const missedBeats = 3;
const idPattern = /^[A-Za-z0-9][A-Za-z0-9._-]{0,99}$/;

/** Says what this server serves now. */
export async function beat(driver: Driver, replica: Replica): Promise<void> {
  const key = servingKeys.replica(replica.model, replica.id);
  const bytes = Buffer.from(`${JSON.stringify({ schema: 1, ...replica })}\n`);
  await driver.write(key, bytesSource(bytes, key), { contentType: "application/json" });
}

/** A server that ends takes its own beat away; one that was killed expires. */
export async function leave(driver: Driver, model: string, id: string): Promise<void> {
  await driver.remove(servingKeys.replica(model, id));
}

/** The live replicas of a model, sorted by id. What cannot be read is passed over: it may just be being written. */
export async function liveReplicas(
  driver: Driver,
  model: string,
  now: () => number = Date.now,
): Promise<Replica[]> {
  const prefix = servingKeys.replicas(model);
  const found: Replica[] = [];
  for await (const entry of driver.list(prefix)) {
    const id = /^(.+)\.json$/.exec(entry.key.slice(prefix.length))?.[1];
    if (entry.type !== "object" || id === undefined || !idPattern.test(id)) continue;
    const document = await readDocument(driver, entry.key).catch(() => undefined);
    const replica = document && parseReplica(document.value, model, id);
    if (replica === undefined) continue;
    if (now() - Date.parse(replica.at) > missedBeats * replica.interval_ms) continue;
    found.push(replica);
  }
  return found.sort((a, b) => (a.id < b.id ? -1 : 1));
}

function parseReplica(value: JsonValue, model: string, id: string): Replica | undefined {
  if (typeof value !== "object" || value === null) return undefined;
  const record = value as Record<string, JsonValue>;
  const { version, digest, generation, state, reason, at, interval_ms } = record;
  if (typeof generation !== "number" || typeof at !== "string") return undefined;
  if (Number.isNaN(Date.parse(at)) || typeof interval_ms !== "number") return undefined;
  return {
    id,
    model,
    ...(typeof version === "string" && { version }),
    ...(typeof digest === "string" && { digest }),
    generation,
    state: state === "serving" || state === "failed" ? state : "idle",
    ...(typeof reason === "string" && { reason }),
    at,
    interval_ms,
  };
}
