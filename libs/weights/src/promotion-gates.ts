import type { Driver } from "@plimsoll/storage";
import { WeightsError } from "./error.ts";
import type { Pointer } from "./pointer.ts";
import { readPointer } from "./read-pointer.ts";
import { readRelease, type StoredRelease } from "./read-release.ts";
import { metricOf, parseComparison, parseRequirement, unmet } from "./requirement.ts";
import { untested } from "./smoke-record.ts";
import type { TrustOptions } from "./trust.ts";

/** What stands between a version and a channel. */
export interface PromotionGates {
  /** `accuracy>=0.9`, `metrics.f1>0.8`: the version's own metadata. */
  readonly require?: readonly string[] | undefined;
  /**
   * `production:accuracy`: at least as good as what that channel names. Less is better for losses, errors and latencies;
   * `:lower` or `:higher` says so for others. A channel that names nothing yet stops nobody.
   */
  readonly notWorseThan?: readonly string[] | undefined;
  /** The version that the channel must name now; `none` for a channel that must not exist yet. */
  readonly expect?: string | undefined;
  /** `model.sig` by one of `keys`. With keys that is checked in any case. */
  readonly requireSignature?: boolean | undefined;
  /** A smoke test that passed: `recordSmokeTest`, or `smoke.passed` in the published metadata. */
  readonly requireSmoke?: boolean | undefined;
}

/** Why the gates refuse a version, given where the channel stands now; undefined if they let it through. */
export async function refusal(
  found: StoredRelease,
  current: Pointer | undefined,
  options: PromotionGates & Omit<TrustOptions, "allowYanked"> & { readonly store: Driver },
): Promise<string | undefined> {
  const { store, signal, expect } = options;
  const { model, version, manifest } = found;
  if (expect !== undefined && (current?.version ?? "none") !== expect) {
    return `${expect} was expected there, and it names ${current?.version ?? "none"} now: look at plimsoll history ${model}`;
  }
  if (options.requireSignature && found.signature === undefined) {
    if (options.keys === undefined || options.keys.length === 0) {
      throw new WeightsError(
        "E_USAGE",
        `${model}@${version}: a signature is required, and no public key says whose: put it into "keys" of the config`,
      );
    }
    return "it is not signed by a trusted key";
  }
  const { metadata } = manifest.manifest;
  for (const text of options.require ?? []) {
    const reason = unmet(parseRequirement(text), metadata);
    if (reason !== undefined) return reason;
  }
  for (const text of options.notWorseThan ?? []) {
    const reason = await worse(text, found, options);
    if (reason !== undefined) return reason;
  }
  return options.requireSmoke
    ? await untested(store, model, version, manifest, { signal })
    : undefined;
}

async function worse(
  text: string,
  { model, version, manifest }: StoredRelease,
  options: Omit<TrustOptions, "allowYanked"> & { readonly store: Driver },
): Promise<string | undefined> {
  const { channel, metric, better } = parseComparison(text);
  const { store, keys, now, signal } = options;
  const pointer = (await readPointer(store, model, channel, { keys, now, signal }))?.pointer;
  if (pointer === undefined || pointer.version === version) return undefined;
  // What serves now may have been withdrawn: it is still what the new one must not be worse than.
  const reference = await readRelease(store, model, pointer.version, {
    keys,
    now,
    signal,
    allowYanked: true,
  });
  const own = metricOf(manifest.manifest.metadata, metric);
  const other = metricOf(reference.manifest.manifest.metadata, metric);
  if (own === undefined) return `not worse than ${text} is required, and it has no ${metric}`;
  if (other === undefined) {
    return `not worse than ${text} is required, and ${pointer.version} there has no ${metric} to compare with`;
  }
  const isWorse = better === "higher" ? own < other : own > other;
  if (!isWorse) return undefined;
  return `${metric} ${own} is worse than ${other} of ${pointer.version}, which ${channel} names (${better} is better)`;
}
