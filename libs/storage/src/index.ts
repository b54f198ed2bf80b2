export type { BucketPlan, BucketStep, BucketWish } from "./bucket/bucket-plan.ts";
export { planBucket } from "./bucket/plan-bucket.ts";
export type { ByteSource } from "./byte-source.ts";
export { bytesSource } from "./bytes-source.ts";
export { checkKey, checkPrefix, isKey, maxKeyBytes, maxKeySegments } from "./check-key.ts";
export type {
  CallOptions,
  Driver,
  HostLimits,
  ListEntry,
  ListOptions,
  Md5Parts,
  ObjectBody,
  ObjectStat,
  PresignedRequest,
  PresignOptions,
  ReadOptions,
  SwapOptions,
  UnfinishedUpload,
  WriteOptions,
} from "./driver.ts";
export type { Clock } from "./clock.ts";
export type { DriverFactory, DriverSettings, OpenStoreOptions } from "./drivers/driver-factory.ts";
export { drivers } from "./drivers/index.ts";
export { StorageError, type StorageErrorCode } from "./error.ts";
export { fileSource } from "./file-source.ts";
export type { Credentials } from "./http/credentials.ts";
export { httpClient } from "./http/create-client.ts";
export type { HttpClient, HttpClientOptions, HttpReply, HttpRequest } from "./http/http-client.ts";
export { httpDefaults } from "./http/http-defaults.ts";
export { HttpError } from "./http/http-error.ts";
export { openStore } from "./open-store.ts";
export { parseStoreUrl, type ParseStoreUrlOptions } from "./parse-store-url.ts";
export {
  type PolicyDocument,
  type PolicyOptions,
  type PolicyRole,
  type PolicyStatement,
  s3Policy,
} from "./policy/s3-policy.ts";
export { resolveRange, type ByteRange } from "./range.ts";
export type { StoreKind, StoreLocation } from "./store-location.ts";
export { storeOptions, type StoreOption } from "./store-option.ts";
