import { isModelName, printable } from "@plimsoll/manifest";
import type { Driver } from "@plimsoll/storage";
import type { Connections } from "./connections.ts";
import { WeightsError } from "./error.ts";
import { listModels } from "./list-models.ts";
import { readRelease } from "./read-release.ts";
import { storedName } from "./split-file.ts";
import { storeKeys } from "./store-keys.ts";
import type { SourceRequest, SyncSource } from "./sync-source.ts";

/** Reads the manifest of a version out of a store; where the store has one model only, it need not be named. */
export async function readStoreSource(
  url: string,
  request: Omit<SourceRequest, "from" | "fetch">,
  connections: Connections,
): Promise<SyncSource> {
  const { signal } = request;
  const driver = await connections.store(url);
  const model = request.model ?? (await onlyModel(driver, signal));
  if (!isModelName(model)) {
    throw new WeightsError("E_USAGE", `"${printable(model)}" is no model name`);
  }
  const release = await readRelease(driver, model, request.release, request);
  if (!release.pinned) expectFixedRevision(driver);
  const prefix = storeKeys.version(model, release.version);
  const { manifest } = release;
  const warnings = release.pinned
    ? manifest.warnings
    : [
        `${model}@${release.version}: unpinned at ${driver.url}: somebody put files there without a manifest, nothing proves their bytes. plimsoll adopt pins them`,
      ];
  return {
    manifest,
    base: connections.name(driver, storeKeys.manifest(model, release.version)),
    path: undefined,
    own: (name) => {
      const { encoding } = manifest.manifest.weights.get(name) ?? {};
      return connections.name(driver, prefix + storedName(name, encoding));
    },
    warnings,
    ...(release.signature && { signature: release.signature.bytes }),
    ...(release.attestation && { attestation: release.attestation.bytes }),
  };
}

/**
 * What nothing pins may not come from a branch of Hugging Face: a repository's name can pass to somebody else (row T15).
 * A manifest has digests, and a commit is one.
 */
function expectFixedRevision(driver: Driver): void {
  if (driver.kind !== "huggingface") return;
  if (/[?&]revision=[0-9a-f]{40}(?:&|$)/.test(driver.url)) return;
  throw new WeightsError(
    "E_PIN",
    `${driver.url}: no manifest pins these files, and a branch can become somebody else's: name the commit (?revision=<40 hex digits>), or publish a version with a manifest`,
  );
}

async function onlyModel(driver: Driver, signal: AbortSignal | undefined): Promise<string> {
  const models = await listModels(driver, signal ? { signal } : {});
  const [model] = models;
  if (models.length === 1 && model !== undefined) return model;
  const which =
    models.length === 0
      ? "it has none"
      : `name one with --model: ${models.slice(0, 10).join(", ")}`;
  throw new WeightsError(
    models.length === 0 ? "E_NOT_FOUND" : "E_USAGE",
    `${driver.url}: which model? ${which}`,
  );
}
