import type { StoreKind } from "./store-location.ts";

/** A setting that a store URL may carry in its query. */
export interface StoreOption {
  /** "url": http(s), without user and password. "boolean": `1`, `true`, `0`, `false`. "text": anything else. */
  readonly value: "url" | "boolean" | "text";
  /** One line for a person. */
  readonly help: string;
}

/** Every option of every kind of store. A driver that learns a new one adds its line here. */
export const storeOptions: Readonly<Record<StoreKind, Readonly<Record<string, StoreOption>>>> = {
  file: {},
  http: {},
  s3: {
    endpoint: { value: "url", help: "address of an S3 compatible host; AWS without it" },
    region: { value: "text", help: "region that requests are signed for" },
    pathStyle: { value: "boolean", help: "bucket in the path instead of the host name" },
    publicUrl: { value: "url", help: "address under which readers find the bucket, e.g. a CDN" },
    storageClass: { value: "text", help: "class of new objects, e.g. STANDARD_IA" },
    accelerate: { value: "boolean", help: "Amazon's transfer acceleration" },
    checksum: { value: "text", help: "how the host checks what arrives: crc32 or md5" },
    conditional: {
      value: "boolean",
      help: "whether the host has conditional writes, where that is neither known nor to be tried out",
    },
  },
  gcs: {
    endpoint: { value: "url", help: "address of the API, for private hosts and tests" },
    publicUrl: { value: "url", help: "address under which readers find the bucket, e.g. a CDN" },
  },
  github: {
    api: { value: "url", help: "address of the API of a GitHub Enterprise Server" },
    tags: { value: "text", help: "form of a version's tag: version, model (m@v1.0.0) or auto" },
  },
  huggingface: {
    endpoint: { value: "url", help: "address of the hub" },
    revision: { value: "text", help: "branch, tag or commit; main without it" },
  },
};
