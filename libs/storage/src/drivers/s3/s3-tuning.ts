const MiB = 2 ** 20;

/** Sizes and times of the S3 driver. Only tests and benchmarks give others than `s3Tuning`. */
export interface S3Tuning {
  /** Up to here an object is stored by one request, held in memory whole. */
  readonly singleBytes: number;
  /** Smallest part of a multipart upload; a larger file gets larger parts, all of one size. */
  readonly partBytes: number;
  /** Bytes of all uploads of a store that are held in memory at one time. One part is always allowed. */
  readonly budgetBytes: number;
  /** Largest object that the host copies by one request. */
  readonly copyBytes: number;
  /** Part of a larger copy; the bytes do not pass here. */
  readonly copyPartBytes: number;
  /** Requests at one time for the parts of a copy. */
  readonly copyConcurrency: number;
  /** An upload without a new part for so long belongs to a dead publish and may be aborted. */
  readonly staleUploadMs: number;
  /** Tries of one request, the first included; the SDK waits in between. */
  readonly maxAttempts: number;
  readonly connectTimeoutMs: number;
  /** Longest silence of an open connection. Hosts think for a while before they answer a copy or a completion. */
  readonly idleTimeoutMs: number;
}

/**
 * The sizes that are used. 8 MiB is a part that every host takes and that costs little to send again; six of them fill a
 * fast line.
 */
export const s3Tuning: S3Tuning = {
  singleBytes: 16 * MiB,
  partBytes: 8 * MiB,
  budgetBytes: 48 * MiB,
  copyBytes: 5 * 1024 * MiB,
  copyPartBytes: 512 * MiB,
  copyConcurrency: 8,
  staleUploadMs: 3_600_000,
  maxAttempts: 6,
  connectTimeoutMs: 10_000,
  idleTimeoutMs: 120_000,
};
