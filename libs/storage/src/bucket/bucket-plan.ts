/** How a bucket should be. What is not named stays as it is. */
export interface BucketWish {
  /** Anyone may read the objects below the store's prefix; never list or write. */
  readonly public?: boolean;
  /** Overwritten and removed objects are kept as old versions. */
  readonly versioning?: boolean;
  /** Uploads that nobody ended are removed after so many days. */
  readonly abortIncompleteDays?: number;
  /** Old versions of objects are removed after so many days; what is current stays. */
  readonly expireOldDays?: number;
  /** Origins of pages that may read by script, `https://app.example.com` or `*`. */
  readonly corsOrigins?: readonly string[];
  /** Copies every new object to this bucket; removals are not copied. */
  readonly replicateTo?: { readonly bucket: string; readonly role: string };
}

/** One setting: what is, what will be. */
export interface BucketStep {
  readonly setting: "bucket" | "versioning" | "lifecycle" | "CORS" | "public" | "replication";
  readonly is: string;
  readonly willBe: string;
  /** unsupported: the host has no such setting. */
  readonly state: "same" | "change" | "unsupported";
  /** What a person should know before saying yes. */
  readonly note?: string;
}

export interface BucketPlan {
  /** `s3://bucket` or `gs://bucket`. */
  readonly bucket: string;
  readonly steps: readonly BucketStep[];
  /** Makes the changes, in order. Other programs' rules are kept. */
  apply(onDone?: (step: BucketStep) => void): Promise<void>;
  close(): Promise<void>;
}

/** A step with the act that belongs to it. */
export type PlannedStep = BucketStep & { readonly act?: () => Promise<void> };

/** A setting that is as wished. */
export function same(setting: BucketStep["setting"], is: string): PlannedStep {
  return { setting, is, willBe: is, state: "same" };
}
