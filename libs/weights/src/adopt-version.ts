import {
  checkNames,
  type JsonObject,
  type ModelMetadata,
  parseJson,
  readMetadata,
} from "@plimsoll/manifest";
import type { Driver, ObjectStat } from "@plimsoll/storage";
import { composeManifest } from "./compose-manifest.ts";
import { WeightsError } from "./error.ts";
import type { StoredFile } from "./hash-stored.ts";
import { putManifest } from "./make-visible.ts";
import { codeOf } from "./problem.ts";
import { readObject } from "./read-object.ts";
import { describeRelease } from "./release-metadata.ts";
import { storeKeys } from "./store-keys.ts";

const MAX_METADATA_BYTES = 4 * 1024 * 1024;

/** What the manifest of an adopted folder is made of. */
export interface AdoptableVersion {
  readonly model: string;
  readonly version: string;
  readonly files: readonly StoredFile[];
  /** Everything that lies in the folder. */
  readonly stats: readonly ObjectStat[];
}

/**
 * Writes the manifest of a folder whose files are hashed. `uploaded_at` is the time of its newest file. Metadata come from
 * `metadata.json` or `model_metadata.json` in the folder, else from the model's own `metadata.json` where that names this
 * version; one that cannot be read is a warning.
 */
export async function adoptVersion(
  driver: Driver,
  { model, version, files, stats }: AdoptableVersion,
  options: {
    readonly signal?: AbortSignal;
    readonly now?: () => Date;
    readonly onWarning?: (message: string) => void;
  },
): Promise<void> {
  const call = options.signal ? { signal: options.signal } : {};
  checkNames(files.map(({ name }) => name));
  const pointer = files.find(({ format }) => format === "git-lfs-pointer");
  if (pointer) {
    throw new WeightsError(
      "E_LFS_POINTER",
      `${pointer.key}: a Git-LFS pointer, not weights: upload the file itself to ${driver.url}`,
    );
  }
  const now = options.now?.() ?? new Date();
  const times = files.flatMap(({ modifiedAt }) => modifiedAt?.getTime() ?? []);
  const uploadedAt = times.length === 0 ? now : new Date(Math.max(...times));
  const described = await findMetadata(driver, { model, version, stats }, options);
  const metadata = describeRelease(described, described?.classes, {
    release: version,
    files,
    uploadedAt,
  });
  const manifest = composeManifest({
    files,
    release: version,
    model,
    metadata,
    createdAt: now,
    isRequired: () => true,
    locate: (name) => [driver.locate(storeKeys.version(model, version) + name)],
  });
  await putManifest(driver, { model, release: version, manifest, files }, call);
}

async function findMetadata(
  driver: Driver,
  { model, version, stats }: Pick<AdoptableVersion, "model" | "version" | "stats">,
  options: {
    readonly signal?: AbortSignal;
    readonly onWarning?: (message: string) => void;
  },
): Promise<ModelMetadata | undefined> {
  const prefix = storeKeys.version(model, version);
  const own = ["metadata.json", "model_metadata.json"]
    .map((name) => prefix + name)
    .filter((key) => stats.some((stat) => stat.key === key));
  for (const key of [...own, storeKeys.metadata(model)]) {
    try {
      const object = await readObject(driver, key, { maxBytes: MAX_METADATA_BYTES, ...options });
      if (object === undefined) continue;
      const source = `${key} at ${driver.url}`;
      const metadata = readMetadata(parseJson(object.bytes, { source }), source);
      if (own.includes(key) || names(metadata, version)) return metadata;
    } catch (error) {
      options.signal?.throwIfAborted();
      if (codeOf(error) === undefined) throw error;
      options.onWarning?.(`${key} is left out: ${(error as Error).message}`);
    }
  }
  return undefined;
}

/** The model's document is about one version; `2.0.0` in it means `v2.0.0`. */
function names(metadata: JsonObject, version: string): boolean {
  const named = metadata["version"];
  return named === version || `v${String(named)}` === version;
}
