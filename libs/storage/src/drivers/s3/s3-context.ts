import type { S3Client } from "@aws-sdk/client-s3";

import { onAbort } from "../../on-abort.ts";
import type { DriverSettings } from "../driver-factory.ts";
import type { HostPowers } from "./host-powers.ts";
import type { MemoryBudget } from "./memory-budget.ts";
import { s3Error } from "./s3-error.ts";
import type { S3Settings } from "./s3-settings.ts";
import type { S3Tuning } from "./s3-tuning.ts";

/** What every call to an open store works with. */
export interface S3Context {
  readonly client: S3Client;
  readonly settings: S3Settings;
  readonly driver: DriverSettings;
  readonly tuning: S3Tuning;
  readonly powers: HostPowers;
  readonly budget: MemoryBudget;
}

/** Bucket and key as a request names them. */
export function address(
  { settings }: Pick<S3Context, "settings">,
  key: string,
): { Bucket: string; Key: string } {
  return { Bucket: settings.bucket, Key: settings.keyPrefix + key };
}

/** An object as a person is told of it. */
export function nameOf({ settings }: Pick<S3Context, "settings">, key: string): string {
  return `s3://${settings.bucket}/${settings.keyPrefix}${key}`;
}

/** Runs a call to the host; its failure becomes a `StorageError` about `key`, an abort the signal's reason. */
export async function attempt<T>(
  context: Pick<S3Context, "settings">,
  key: string,
  signal: AbortSignal | undefined,
  call: (options: { readonly abortSignal: AbortSignal }) => Promise<T>,
): Promise<T> {
  signal?.throwIfAborted();
  // One of its own: the SDK adds a listener for every request, and Node warns of a leak beyond ten.
  const own = new AbortController();
  const takeBack = onAbort(signal, () => own.abort(signal?.reason));
  try {
    return await call({ abortSignal: own.signal });
  } catch (error) {
    signal?.throwIfAborted();
    throw s3Error(error, nameOf(context, key));
  } finally {
    takeBack();
  }
}
