import type { OpenStoreOptions } from "../drivers/driver-factory.ts";
import { driverSettings } from "../drivers/driver-settings.ts";
import { StorageError } from "../error.ts";
import { parseStoreUrl } from "../parse-store-url.ts";
import type { BucketPlan, BucketWish } from "./bucket-plan.ts";

/**
 * Looks at a bucket and says what has to be done so that it is as wished; nothing is changed before `apply()`. A second
 * plan after that has no change left. Rules of others are kept, and nothing becomes more open than it was unless
 * `public` or `corsOrigins` ask for it. The vendor's SDK is loaded here. Close the plan when done.
 *
 * Throws `E_USAGE` for a store that is no bucket and for wishes that do not fit together, `E_AUTH`, and what else the
 * host answers.
 */
export async function planBucket(
  url: string,
  wish: BucketWish,
  options: OpenStoreOptions = {},
): Promise<BucketPlan> {
  const location = parseStoreUrl(url);
  const settings = driverSettings(options);
  switch (location.kind) {
    case "s3":
      return (await import("./s3/plan-s3-bucket.ts")).planS3Bucket(location, wish, settings);
    case "gcs":
      return (await import("./gcs/plan-gcs-bucket.ts")).planGcsBucket(location, wish, settings);
    default:
      throw new StorageError("E_USAGE", `${location.url}: no bucket; set up s3:// or gs://`);
  }
}
