import type { Driver } from "@plimsoll/storage";
import { readPointer, readRelease } from "@plimsoll/weights";
import { className } from "./class-name.ts";
import { countClasses, listOriginals } from "./list-originals.ts";
import type { SampleRecord } from "./sample-record.ts";
import type { SampleKind } from "./sample-type.ts";
import { keyOf } from "./put-sample.ts";
import { codeOf } from "./read-json.ts";

/** What is known of a model's samples in the store. */
export interface DatasetState {
  /** Originals by class. */
  readonly classes: Map<string, number>;
  readonly quarantined: Map<string, number>;
  /** By digest, originals and quarantine, as far as their names tell. */
  readonly digests: Map<string, { readonly class: string; readonly key: string }>;
  /** What most originals are. */
  kind: SampleKind | undefined;
  /** False where the store has never answered: then nothing is known. */
  isListed: boolean;
}

/** Remembers the listing of each dataset for a while, and what was added since. */
export class DatasetView {
  readonly #store: Driver;
  readonly #trustMs: number;
  readonly #now: () => Date;
  readonly #seen = new Map<string, { readonly at: number; readonly state: DatasetState }>();

  constructor(store: Driver, options: { readonly trustMs: number; readonly now: () => Date }) {
    this.#store = store;
    this.#trustMs = options.trustMs;
    this.#now = options.now;
  }

  /** Where the store does not answer, what was known before counts, however old. */
  async look(
    model: string,
    signal: AbortSignal,
    log: (line: string) => void,
  ): Promise<DatasetState> {
    const before = this.#seen.get(model);
    const at = this.#now().getTime();
    if (before !== undefined && at - before.at < this.#trustMs) return before.state;
    try {
      const state = await this.#list(model, signal);
      this.#seen.set(model, { at, state });
      return state;
    } catch (error) {
      log(`datasets/${model}: not listed at ${this.#store.url}: ${String(error)}`);
      const state = before?.state ?? empty();
      this.#seen.set(model, { at, state });
      return state;
    }
  }

  /** A sample that is in the store now. */
  saw(record: SampleRecord): void {
    const state = this.#seen.get(record.model)?.state;
    if (state === undefined || state.digests.has(record.sha256)) return;
    const counts = record.quarantine === undefined ? state.classes : state.quarantined;
    counts.set(record.class, (counts.get(record.class) ?? 0) + 1);
    state.digests.set(record.sha256, { class: record.class, key: keyOf(record) });
    state.kind ??= record.kind;
  }

  async #list(model: string, signal: AbortSignal): Promise<DatasetState> {
    const originals = await listOriginals(this.#store, model, { signal });
    const held = await listOriginals(this.#store, model, { signal, quarantine: true });
    const state = empty();
    state.isListed = true;
    for (const name of await servedClasses(this.#store, model, signal)) state.classes.set(name, 0);
    for (const [name, count] of Object.entries(countClasses(originals))) {
      state.classes.set(name, count);
    }
    for (const [name, count] of Object.entries(countClasses(held))) {
      state.quarantined.set(name, count);
    }
    for (const { sha256, class: name, key } of [...held, ...originals]) {
      if (sha256 !== undefined) state.digests.set(sha256, { class: name, key });
    }
    const kinds = countClasses(originals.map(({ type }) => ({ class: type.kind })));
    const [most] = Object.entries(kinds).sort(([, a], [, b]) => b - a);
    state.kind = most?.[0] as SampleKind | undefined;
    return state;
  }
}

/** Classes that the version in production, or else the newest, tells apart. */
async function servedClasses(
  store: Driver,
  model: string,
  signal: AbortSignal,
): Promise<readonly string[]> {
  try {
    const serving = await readPointer(store, model, "production", { signal });
    const { manifest } = await readRelease(store, model, serving?.pointer.version, { signal });
    const classes = manifest.manifest.metadata?.["classes"];
    return Array.isArray(classes) ? classes.flatMap((name) => asClass(name)) : [];
  } catch (error) {
    // No version yet, or one that nobody may serve: then the samples alone say what there is.
    const code = codeOf(error);
    if (code === undefined || code === "E_NETWORK" || code === "E_TIMEOUT") throw error;
    return [];
  }
}

/** A label of a version as samples carry it; what cannot be one is left out. */
function asClass(name: unknown): string[] {
  try {
    return typeof name === "string" ? [className(name)] : [];
  } catch {
    return [];
  }
}

function empty(): DatasetState {
  return {
    classes: new Map(),
    quarantined: new Map(),
    digests: new Map(),
    kind: undefined,
    isListed: false,
  };
}
