import { manifestLimits, type ParsedManifest, parseManifest } from "@plimsoll/manifest";
import type { CallOptions, Driver } from "@plimsoll/storage";
import { WeightsError } from "./error.ts";
import { type Companion, putCompanion } from "./companions.ts";
import { movePointer } from "./move-pointer.ts";
import { codeOf } from "./problem.ts";
import type { StoreOptions } from "./publish-request.ts";
import { putImmutable } from "./put-immutable.ts";
import { openSigner, putSignature } from "./put-signature.ts";
import { readObject } from "./read-object.ts";
import { weightDifferences } from "./same-weights.ts";
import { storeKeys } from "./store-keys.ts";
import { eachStore, finish, type StoreRun } from "./store-run.ts";
import type { SigningOptions, TrustOptions } from "./trust.ts";
import { writeModelMetadata } from "./model-metadata.ts";

/** A version whose files are in the stores, about to be seen. */
export interface ReadyRelease {
  readonly model: string;
  readonly release: string;
  readonly manifest: ParsedManifest;
  readonly files: readonly {
    readonly name: string;
    readonly size: number;
    readonly sha256: string;
  }[];
  readonly channel?: string | undefined;
  readonly issuedBy?: string | undefined;
  /** When the channel's new place becomes stale. */
  readonly expires?: Date | undefined;
  readonly keys?: TrustOptions["keys"];
  readonly signingKeys?: SigningOptions["signingKeys"];
  /** Put beside the files before the manifest. */
  readonly companions?: readonly Companion[];
}

/** The manifest of a version in a store, or undefined while the version is invisible. */
export async function readExistingManifest(
  driver: Driver,
  model: string,
  release: string,
  options: CallOptions,
): Promise<ParsedManifest | undefined> {
  const key = storeKeys.manifest(model, release);
  const object = await readObject(driver, key, {
    maxBytes: manifestLimits.maxBytes,
    signal: options.signal,
  });
  return object && parseManifest(object.bytes, { source: `${key} at ${driver.url}` });
}

/**
 * Last act of a publish: companions, `model.sig` and the manifest in every store, one store after the other, then the release
 * host's own switch, then the channel. Gives the manifest that stands: another publisher of the same files may have been faster, and then
 * it is theirs, since every store must hold the same bytes.
 */
export async function makeVisible(
  runs: readonly StoreRun[],
  ready: ReadyRelease,
  options: Pick<StoreOptions, "signal" | "onEvent" | "now">,
): Promise<ParsedManifest> {
  const { model, release, channel } = ready;
  const call = options.signal ? { signal: options.signal } : {};
  const signer = openSigner(ready.signingKeys);
  let manifest = ready.manifest;
  let fixed = runs.some(({ existing }) => existing !== undefined);
  await eachStore(runs, { ...options, inOrder: true }, async (run) => {
    const signAs = async (standing: ParsedManifest): Promise<void> => {
      if (signer === undefined) return;
      await putSignature(run.driver, model, release, { ...call, signer, manifest: standing });
    };
    for (const companion of ready.companions ?? []) {
      await putCompanion(run.driver, ready, companion, call);
    }
    if (run.existing) return await signAs(run.existing);
    await signAs(manifest);
    const stood = await putManifest(run.driver, { ...ready, manifest }, call);
    // A faster publisher's manifest stands, and our signature may have replaced theirs.
    if (stood !== undefined) await signAs(stood);
    if (stood === undefined) fixed = true;
    else {
      run.existing = stood;
      if (!fixed) manifest = stood;
      fixed = true;
    }
  });
  await eachStore(runs, options, async (run) => {
    await run.driver.release?.publish(storeKeys.version(model, release), call);
    finish(run, run.existing ? "already-published" : "published");
    const type = run.existing ? "already-published" : "visible";
    options.onEvent?.({ type, store: run.url, release });
  });
  if (channel === undefined) return manifest;
  await eachStore(runs, options, async (run) => {
    const { bytes, digest } = run.existing ?? manifest;
    if (channel === "latest") await writeModelMetadata(run.driver, model, manifest, options);
    const { pointer, moved } = await movePointer(
      run.driver,
      {
        model,
        channel,
        version: release,
        manifest: { checksum: digest, size: bytes.length },
        issuedAt: options.now?.() ?? new Date(),
        issuedBy: ready.issuedBy,
        expires: ready.expires,
      },
      { ...call, now: options.now, keys: ready.keys, signingKeys: ready.signingKeys },
    );
    finish(run, run.outcome ?? "published");
    options.onEvent?.({
      type: "channel",
      store: run.url,
      channel,
      sequence: pointer.sequence,
      moved,
    });
  });
  return manifest;
}

/** Writes the manifest; gives the one that was there before if it is of the same files, `E_EXISTS` if of others. */
export async function putManifest(
  driver: Driver,
  {
    model,
    release,
    manifest,
    files,
  }: Pick<ReadyRelease, "model" | "release" | "manifest" | "files">,
  call: CallOptions,
): Promise<ParsedManifest | undefined> {
  const { bytesSource } = await import("@plimsoll/storage");
  const key = storeKeys.manifest(model, release);
  try {
    const outcome = await putImmutable(
      driver,
      {
        key,
        name: "manifest.json",
        size: manifest.bytes.length,
        sha256: manifest.digest,
        source: bytesSource(manifest.bytes, key),
        contentType: "application/json",
      },
      { ...call, present: "no" },
    );
    return outcome === "kept" ? manifest : undefined;
  } catch (error) {
    if (codeOf(error) !== "E_EXISTS") throw error;
    const existing = await readExistingManifest(driver, model, release, call);
    if (existing === undefined) throw error;
    refuseOtherWeights(existing, { model, release, files, source: driver.url });
    return existing;
  }
}

/** Throws `E_EXISTS`, naming what differs, unless a published manifest is of exactly these files. */
export function refuseOtherWeights(
  existing: ParsedManifest,
  own: Pick<ReadyRelease, "model" | "release" | "files"> & { readonly source: string },
): void {
  const differences = weightDifferences(existing.manifest, own.files);
  if (differences.length === 0) return;
  const shown = differences.slice(0, 5).join(", ");
  const more = differences.length > 5 ? ` and ${differences.length - 5} more` : "";
  throw new WeightsError(
    "E_EXISTS",
    `${own.release} of ${own.model}: published at ${own.source} with other files: ${shown}${more}. A version never changes: publish under a new one`,
  );
}
