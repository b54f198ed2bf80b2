import { checkKey, checkPrefix } from "../check-key.ts";
import type { Driver } from "../driver.ts";
import { StorageError } from "../error.ts";
import type { StoreLocation } from "../store-location.ts";
import type { DriverSettings } from "./driver-factory.ts";
import { removeDocument, swapDocument, writeDocument } from "./huggingface/documents.ts";
import { hubContext, nameOf, resolveUrl } from "./huggingface/hub-context.ts";
import { listObjects } from "./huggingface/list-objects.ts";
import { expectPublished, locateVersion, publishManifest } from "./huggingface/publish-manifest.ts";
import { readObject, statObject } from "./huggingface/read-object.ts";
import { removeFile } from "./huggingface/remove-file.ts";
import { flushAll, stageFile } from "./huggingface/stage.ts";
import { manifestName, versionKey, type VersionName } from "./huggingface/version-key.ts";

/**
 * A store in a model repository of the Hugging Face Hub. A version's files lie at the repository's root, under the
 * version's tag; everything else lies on the branch under its key. docs/how-to/store-huggingface.md says how.
 */
export function openHuggingFaceStore(location: StoreLocation, settings: DriverSettings): Driver {
  const context = hubContext(location, settings);

  return {
    kind: "huggingface",
    url: location.url,
    // 50 GB a file and 10,000 entries a folder: https://huggingface.co/docs/hub/storage-limits
    limits: { maxObjectBytes: 50e9, maxObjectsPerVersion: 10_000, concurrency: 4 },
    async stat(key, options) {
      checkKey(key);
      return statObject(context, key, options);
    },
    async read(key, options) {
      checkKey(key);
      return readObject(context, key, options);
    },
    async write(key, source, options = {}) {
      checkKey(key);
      const name = versionKey(key);
      if (name === undefined) return writeDocument(context, key, source, options);
      if (name.path === manifestName) return publishManifest(context, key, name, source, options);
      return stageFile(context, key, name, source, options);
    },
    list(prefix, options) {
      checkPrefix(prefix);
      return listObjects(context, prefix, options);
    },
    async remove(key, { signal } = {}) {
      checkKey(key);
      const name = versionKey(key);
      await (name ? removeFile(context, name, signal) : removeDocument(context, key, signal));
    },
    locate(key) {
      checkKey(key);
      const name = versionKey(key);
      return name
        ? resolveUrl(context, name.version, name.path)
        : resolveUrl(context, context.branch, key);
    },
    async close() {
      try {
        await flushAll(context);
      } finally {
        context.client.close();
      }
    },
    async swap(key, bytes, options) {
      checkKey(key);
      if (versionKey(key)) {
        throw new StorageError(
          "E_USAGE",
          `${nameOf(context, key)}: a version's file never changes`,
        );
      }
      return swapDocument(context, key, bytes, options);
    },
    release: {
      publish: async (prefix, options = {}) => expectPublished(context, versionOf(prefix), options),
      locate: async (prefix, names, options = {}) =>
        locateVersion(context, versionOf(prefix), names, options),
    },
  };
}

function versionOf(prefix: string): VersionName {
  const name = versionKey(`${prefix}0`);
  if (name !== undefined) return name;
  throw new StorageError("E_USAGE", `${prefix} is no version: models/<model>/<version>/`);
}
