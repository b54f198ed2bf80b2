import { bytesSource, type Driver } from "@plimsoll/storage";
import { collectBytes } from "@plimsoll/manifest";
import { sampleLimits } from "./check-sample.ts";
import { datasetKeys } from "./dataset-keys.ts";
import { listOriginals } from "./list-originals.ts";

/**
 * Lets samples out of quarantine, those of one class or all: from now on they are learned from. With `reject` they are
 * removed instead, their provenance stays. Gives how many. Throws what the store throws.
 */
export async function approveSamples(
  store: Driver,
  model: string,
  options: {
    readonly class?: string | undefined;
    readonly reject?: boolean;
    readonly signal?: AbortSignal | undefined;
  } = {},
): Promise<number> {
  const { signal } = options;
  const call = signal ? { signal } : {};
  const maxBytes = Math.max(sampleLimits.maxAudioBytes, sampleLimits.maxImageBytes);
  let moved = 0;
  for (const held of await listOriginals(store, model, { signal, quarantine: true })) {
    if (options.class !== undefined && held.class !== options.class) continue;
    if (!options.reject) {
      const { body } = await store.read(held.key, call);
      const bytes = await collectBytes(body, { maxBytes, source: held.key });
      const key = datasetKeys.original(model, held.class, held.name);
      const there = await store.stat(key, call);
      if (there === undefined) await store.write(key, bytesSource(bytes, key), call);
    }
    await store.remove(held.key, call);
    moved += 1;
  }
  return moved;
}
