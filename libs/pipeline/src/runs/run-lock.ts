import type { JsonObject } from "@plimsoll/manifest";
import { bytesSource, type Driver } from "@plimsoll/storage";
import { PipelineError } from "../error.ts";
import { datasetKeys } from "../samples/dataset-keys.ts";
import { codeOf, readJson } from "../samples/read-json.ts";

/** `training/<model>/lock.json`. */
interface LockDocument {
  readonly run: string;
  /** Random, one for each process that holds it. Empty while the run waits in a queue: whoever works on it may take it. */
  readonly owner: string;
  /** ISO 8601: until then nobody else takes it. */
  readonly until: string;
}

export interface LockOptions {
  readonly store: Driver;
  readonly model: string;
  readonly run: string;
  readonly owner: string;
  /** How long it holds without being renewed. */
  readonly ttlMs: number;
  readonly now?: (() => Date) | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** The lock of a model's runs, held. */
export interface RunLock {
  /** Holds it for another `ttlMs`. Throws `E_CONFLICT` where somebody else has it. */
  renew(): Promise<void>;
  /** Keeps it for the run, but without an owner: whoever works on the run within `ms` takes it. */
  handOver(ms: number): Promise<void>;
  /** Lets it go, if it is still ours. */
  release(): Promise<void>;
}

/**
 * Takes the lock: of all processes on all machines one works on a model at a time. The lock of a process that is gone
 * expires. A run that waits in a queue holds it without an owner.
 *
 * Throws `E_LOCKED` with the run that holds it, `E_CONFLICT` after losing a race again and again, and what the store
 * throws.
 */
export async function takeLock(options: LockOptions): Promise<RunLock> {
  const { store, model, run, owner, ttlMs, signal, now = () => new Date() } = options;
  const key = datasetKeys.lock(model);
  let etag: string | undefined;

  async function read(): Promise<{ document?: LockDocument; etag?: string } | undefined> {
    const found = await readJson(store, key, { maxBytes: 4096, signal });
    if (found === undefined) return undefined;
    const { run: holder, owner: by, until } = found.json as JsonObject;
    const token = found.stat.etag ?? (await store.stat(key))?.etag;
    const isWhole =
      typeof holder === "string" && typeof by === "string" && typeof until === "string";
    return {
      ...(isWhole && { document: { run: holder, owner: by, until } }),
      ...(token !== undefined && { etag: token }),
    };
  }

  async function put(expected: string | null, document: LockDocument): Promise<void> {
    const bytes = Buffer.from(JSON.stringify(document));
    if (store.swap) {
      const call = { expected, contentType: "application/json" };
      const stat = await store.swap(key, bytes, call);
      etag = stat.etag ?? (await store.stat(key))?.etag;
      return;
    }
    // A host without a conditional write: the last writer wins, and everybody looks who that was.
    await store.write(key, bytesSource(bytes, key), { onlyIfAbsent: expected === null });
    const after = await read();
    if (after?.document?.owner !== document.owner || after.document.run !== document.run) {
      throw new PipelineError("E_CONFLICT", `${key}: another process was faster`);
    }
    etag = after.etag;
  }

  const until = (): string => new Date(now().getTime() + ttlMs).toISOString();

  async function take(): Promise<void> {
    const found = await read();
    const held = found?.document;
    const isFree =
      held === undefined ||
      Date.parse(held.until) <= now().getTime() ||
      (held.run === run && (held.owner === "" || held.owner === owner));
    if (!isFree) {
      throw new PipelineError(
        "E_LOCKED",
        `${model}: run ${held.run} is on its way, until ${held.until} at least; one at a time`,
        { cause: held.run },
      );
    }
    await put(found === undefined ? null : (found.etag ?? null), { run, owner, until: until() });
  }

  for (let attempt = 1; ; attempt++) {
    signal?.throwIfAborted();
    try {
      await take();
      break;
    } catch (error) {
      if (!isRace(error) || attempt >= 5) throw error;
    }
  }

  return {
    async renew() {
      try {
        await put(etag ?? null, { run, owner, until: until() });
      } catch (error) {
        if (!isRace(error)) throw error;
        throw new PipelineError("E_CONFLICT", `${run}: another process took over this run`, {
          cause: error,
        });
      }
    },
    async handOver(ms) {
      const later = new Date(now().getTime() + ms).toISOString();
      await put(etag ?? null, { run, owner: "", until: later });
    },
    async release() {
      const found = await read();
      if (found?.document?.run !== run || found.document.owner !== owner) return;
      await put(found.etag ?? null, { run, owner, until: new Date(0).toISOString() }).catch(
        (error: unknown) => {
          if (!isRace(error)) throw error;
        },
      );
    },
  };
}

/** The run that holds the lock now, if one does. */
export async function lockedBy(
  store: Driver,
  model: string,
  now: Date = new Date(),
): Promise<string | undefined> {
  const found = await readJson(store, datasetKeys.lock(model), { maxBytes: 4096 });
  const { run, until } = (found?.json ?? {}) as JsonObject;
  if (typeof run !== "string" || typeof until !== "string") return undefined;
  return Date.parse(until) > now.getTime() ? run : undefined;
}

const isRace = (error: unknown): boolean =>
  ["E_CONFLICT", "E_EXISTS", "E_NOT_FOUND"].includes(codeOf(error) ?? "");
