import {
  IdempotencyStrategy,
  Storage,
  type Bucket,
  type File,
  type StorageOptions,
} from "@google-cloud/storage";

import type { StoreLocation } from "../../store-location.ts";
import { checkWebAddress } from "../../http/web-address.ts";
import type { DriverSettings } from "../driver-factory.ts";
import { gcsError } from "./gcs-error.ts";

/** What every operation of an open store works with. */
export interface GcsContext {
  readonly storage: Storage;
  readonly bucket: Bucket;
  readonly prefix: string;
  /** Base of the URLs under which readers find the bucket, without a slash at its end. */
  readonly publicUrl: string;
}

/** The largest upload that is sent as one request; larger ones can be gone on with after a cut. */
export const singleBytes = 5 * 2 ** 20;

export function gcsContext(location: StoreLocation, settings: DriverSettings): GcsContext {
  const { endpoint, publicUrl } = location.options;
  const keyFilename = settings.env["GOOGLE_APPLICATION_CREDENTIALS"];
  if (endpoint !== undefined) checkWebAddress(new URL(endpoint), settings.allowHttp);
  // Only the creation of a bucket asks for it; a key file names one too.
  const projectId = settings.env["GOOGLE_CLOUD_PROJECT"];
  const options: StorageOptions = {
    ...(projectId ? { projectId } : {}),
    ...(endpoint === undefined
      ? {}
      : { apiEndpoint: endpoint, useAuthWithCustomEndpoint: keyFilename !== undefined }),
    ...(keyFilename === undefined ? {} : { keyFilename }),
    retryOptions: {
      autoRetry: true,
      maxRetries: 5,
      totalTimeout: 600,
      // Every write here puts the same bytes again, or carries the generation that it expects.
      idempotencyStrategy: IdempotencyStrategy.RetryAlways,
    },
  };
  const storage = new Storage(options);
  const base = publicUrl ?? `${endpoint ?? "https://storage.googleapis.com"}/${location.root}`;
  return {
    storage,
    bucket: storage.bucket(location.root),
    prefix: location.prefix,
    publicUrl: base.replace(/\/+$/, ""),
  };
}

/** The object's whole name in its bucket. */
export const objectName = ({ prefix }: GcsContext, key: string): string =>
  prefix === "" ? key : `${prefix}/${key}`;

export const fileOf = (context: GcsContext, key: string, generation?: string): File =>
  context.bucket.file(objectName(context, key), generation === undefined ? {} : { generation });

/** `gs://bucket/prefix/key`, for messages. */
export const nameOf = (context: GcsContext, key: string): string =>
  `gs://${context.bucket.name}/${objectName(context, key)}`;

/** Runs a call of the client; its failures become this room's, and a signal that fired wins over them. */
export async function attempt<T>(
  context: GcsContext,
  key: string,
  signal: AbortSignal | undefined,
  call: () => Promise<T>,
): Promise<T> {
  signal?.throwIfAborted();
  try {
    return await call();
  } catch (error) {
    signal?.throwIfAborted();
    throw gcsError(error, nameOf(context, key));
  }
}
