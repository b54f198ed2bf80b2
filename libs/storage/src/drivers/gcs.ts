import { checkKey, checkPrefix } from "../check-key.ts";
import type { Driver, PresignOptions, WriteOptions } from "../driver.ts";
import { StorageError } from "../error.ts";
import type { StoreLocation } from "../store-location.ts";
import type { DriverSettings } from "./driver-factory.ts";
import { attempt, fileOf, gcsContext, nameOf, objectName } from "./gcs/gcs-context.ts";
import { gcsStatus } from "./gcs/gcs-error.ts";
import { gcsStat } from "./gcs/gcs-stat.ts";
import { listObjects } from "./gcs/list-objects.ts";
import { readObject, statObject } from "./gcs/read-object.ts";
import { exists, writeObject } from "./gcs/write-object.ts";

/** Longest life of a signed URL, version 4. */
const maxPresignSeconds = 604_800;

/**
 * A store in a bucket of Google Cloud Storage, by its JSON API; docs/how-to/store-gcs.md lists the options. The etag of an
 * object is its generation, which is what Google's conditional requests compare.
 */
export function openGcsStore(location: StoreLocation, settings: DriverSettings): Driver {
  const context = gcsContext(location, settings);

  return {
    kind: "gcs",
    url: location.url,
    limits: { maxObjectBytes: 5 * 2 ** 40, concurrency: 8 },
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
      return writeObject(context, key, source, options);
    },
    list(prefix, options) {
      checkPrefix(prefix);
      return listObjects(context, prefix, options);
    },
    async remove(key, { signal } = {}) {
      checkKey(key);
      await attempt(context, key, signal, () =>
        fileOf(context, key).delete({ ignoreNotFound: true }),
      );
    },
    locate(key) {
      checkKey(key);
      const name = location.options["publicUrl"] === undefined ? objectName(context, key) : key;
      return `${context.publicUrl}/${name.split("/").map(encodeURIComponent).join("/")}`;
    },
    close: () => Promise.resolve(),
    async presign(key, options) {
      checkKey(key);
      return presignObject(key, options);
    },
    async copy(from, to, options) {
      checkKey(from);
      checkKey(to);
      return copyObject(from, to, options);
    },
    async swap(key, bytes, { expected, contentType, signal }) {
      checkKey(key);
      signal?.throwIfAborted();
      const file = fileOf(context, key);
      await attempt(context, key, signal, () =>
        file.save(Buffer.from(bytes), {
          resumable: false,
          contentType: contentType ?? "application/json",
          preconditionOpts: { ifGenerationMatch: expected ?? 0 },
        }),
      );
      return gcsStat(key, file.metadata);
    },
  };

  async function presignObject(
    key: string,
    { method = "GET", expiresInSeconds, sha256 }: PresignOptions,
  ) {
    const what = nameOf(context, key);
    if (!(expiresInSeconds >= 1 && expiresInSeconds <= maxPresignSeconds)) {
      throw new StorageError("E_USAGE", `${what}: a signed URL lives 1 s to 7 days`);
    }
    if (sha256 !== undefined) {
      const way =
        "Google binds no signed upload to a SHA-256: leave it out, and check what arrived";
      throw new StorageError("E_USAGE", `${what}: ${way}`);
    }
    const url = await attempt(context, key, undefined, async () => {
      const [signed] = await fileOf(context, key).getSignedUrl({
        version: "v4",
        action: method === "GET" ? "read" : "write",
        expires: settings.clock.now() + expiresInSeconds * 1000,
      });
      return signed;
    });
    return { url, method, headers: {} };
  }

  async function copyObject(from: string, to: string, { signal, onlyIfAbsent }: WriteOptions = {}) {
    return attempt(context, from, signal, async () => {
      const target = fileOf(context, to);
      try {
        await fileOf(context, from).copy(target, {
          ...(onlyIfAbsent === true ? { preconditionOpts: { ifGenerationMatch: 0 } } : {}),
        });
      } catch (error) {
        if (onlyIfAbsent === true && gcsStatus(error) === 412) throw exists(context, to, error);
        throw error;
      }
      const [metadata] = await target.getMetadata();
      return gcsStat(to, metadata);
    });
  }
}
