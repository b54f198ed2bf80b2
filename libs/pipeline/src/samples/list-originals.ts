import type { Driver } from "@plimsoll/storage";
import { datasetKeys } from "./dataset-keys.ts";
import { type SampleType, typeOfName } from "./sample-type.ts";

/** One sample as a store's listing shows it. */
export interface StoredSample {
  readonly key: string;
  readonly class: string;
  /** Last segment of the key. */
  readonly name: string;
  /** Bytes. */
  readonly size: number;
  readonly type: SampleType;
  /** From a name that the server made; originals that were put there by hand tell it only when they are read. */
  readonly sha256?: string;
  readonly modifiedAt?: Date;
}

/** Samples of a model, in the order of their keys. What has no class folder or no known extension is left out. */
export async function listOriginals(
  store: Driver,
  model: string,
  options: {
    readonly signal?: AbortSignal | undefined;
    readonly quarantine?: boolean;
    /** Those that are only measured on, instead of the originals. */
    readonly heldOut?: boolean;
  } = {},
): Promise<StoredSample[]> {
  const originals = options.heldOut ? datasetKeys.heldOut(model) : datasetKeys.originals(model);
  const prefix = options.quarantine ? datasetKeys.quarantine(model) : originals;
  const samples: StoredSample[] = [];
  const call = options.signal ? { signal: options.signal } : {};
  for await (const entry of store.list(prefix, call)) {
    if (entry.type !== "object") continue;
    const [className, ...rest] = entry.key.slice(prefix.length).split("/");
    const name = rest.at(-1);
    const type = name === undefined ? undefined : typeOfName(name);
    if (className === undefined || name === undefined || type === undefined) continue;
    const sha256 = /^([0-9a-f]{64})\./.exec(name)?.[1];
    samples.push({
      key: entry.key,
      class: className,
      name,
      size: entry.size,
      type,
      ...(sha256 !== undefined && { sha256 }),
      ...(entry.modifiedAt && { modifiedAt: entry.modifiedAt }),
    });
  }
  return samples.sort((a, b) => (a.key < b.key ? -1 : 1));
}

/** How many samples each class has, in the order of the names. */
export function countClasses(
  samples: readonly { readonly class: string }[],
): Readonly<Record<string, number>> {
  const counts = new Map<string, number>();
  for (const { class: name } of samples) counts.set(name, (counts.get(name) ?? 0) + 1);
  return Object.fromEntries([...counts].sort(([a], [b]) => (a < b ? -1 : 1)));
}
