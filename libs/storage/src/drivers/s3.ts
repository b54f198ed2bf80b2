import { checkKey, checkPrefix } from "../check-key.ts";
import type { Driver, UnfinishedUpload } from "../driver.ts";
import type { StoreLocation } from "../store-location.ts";
import type { DriverSettings } from "./driver-factory.ts";
import { copyObject } from "./s3/copy-object.ts";
import { hostPowers } from "./s3/host-powers.ts";
import type { SwapForm } from "./s3/host-probe.ts";
import { listObjects } from "./s3/list-objects.ts";
import { memoryBudget } from "./s3/memory-budget.ts";
import { abortUpload } from "./s3/open-upload.ts";
import { planParts } from "./s3/part-plan.ts";
import { presignObject } from "./s3/presign-object.ts";
import { publicUrl } from "./s3/public-url.ts";
import { putObject } from "./s3/put-object.ts";
import { readObject, statObject } from "./s3/read-object.ts";
import { removeObject } from "./s3/remove-object.ts";
import { s3Client } from "./s3/s3-client.ts";
import { attempt, type S3Context } from "./s3/s3-context.ts";
import { readS3Settings } from "./s3/s3-settings.ts";
import { s3Tuning, type S3Tuning } from "./s3/s3-tuning.ts";
import { swapObject } from "./s3/swap-object.ts";
import { unfinishedUploads } from "./s3/unfinished-uploads.ts";
import { uploadObject } from "./s3/upload-object.ts";

/**
 * A store in a bucket of Amazon S3 or of a host that speaks its protocol; docs/how-to/store-s3.md lists the options.
 *
 * `swap` is there where the host is known to have `If-Match`. A host that is not known is asked when the store is opened
 * `forWriting`, since asking means to write; without that it opens without `swap` and without a request.
 */
export async function openS3Store(
  location: StoreLocation,
  driver: DriverSettings,
  tuning: S3Tuning = s3Tuning,
): Promise<Driver> {
  const settings = readS3Settings(location, driver);
  const client = s3Client(settings, tuning, driver.ca, driver.env);
  const powers = hostPowers(client, settings, driver, tuning.staleUploadMs);
  const budget = memoryBudget(tuning.budgetBytes);
  const context: S3Context = { client, settings, driver, tuning, powers, budget };
  const form = await swapForm(context).catch((error: unknown) => {
    client.destroy();
    throw error;
  });

  return {
    kind: "s3",
    url: location.url,
    limits: { ...settings.host.limits, partBytes: tuning.partBytes },
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
      return source.size <= tuning.singleBytes
        ? putObject(context, key, source, options)
        : uploadObject(context, key, source, options);
    },
    async prepare() {
      await Promise.allSettled([powers.createOnly(), powers.completeOnly()]);
    },
    md5PartBytes: (size) =>
      settings.host.checksum === "md5" && size > tuning.singleBytes
        ? planParts(size, tuning.partBytes).partBytes
        : undefined,
    list(prefix, options) {
      return checked(prefix, () => listObjects(context, prefix, options));
    },
    async remove(key, options) {
      checkKey(key);
      await removeObject(context, key, options);
    },
    locate(key) {
      checkKey(key);
      return publicUrl(settings, key);
    },
    close() {
      client.destroy();
      return Promise.resolve();
    },
    async presign(key, options) {
      checkKey(key);
      return presignObject(context, key, options);
    },
    async copy(from, to, options) {
      checkKey(from);
      checkKey(to);
      return copyObject(context, from, to, options);
    },
    multipart: {
      unfinished: (prefix, options) =>
        checked(prefix, () => unfinishedUploads(context, prefix, options)),
      async abort({ key, id }: UnfinishedUpload, options) {
        checkKey(key);
        await abortUpload(context, key, id, options?.signal);
      },
    },
    ...(form === "none"
      ? {}
      : {
          swap: async (key, bytes, options) => {
            checkKey(key);
            return swapObject(context, form, key, bytes, options);
          },
        }),
  } satisfies Driver;
}

async function swapForm(context: S3Context): Promise<SwapForm> {
  const { settings, driver, powers } = context;
  if (settings.host.swap === undefined && driver.forWriting !== true) return "none";
  return attempt(context, "", driver.signal, () => powers.swap());
}

/** A generator, so that a bad prefix throws at the first step and not at the call. */
async function* checked<T>(prefix: string, list: () => AsyncIterable<T>): AsyncIterable<T> {
  checkPrefix(prefix);
  yield* list();
}
