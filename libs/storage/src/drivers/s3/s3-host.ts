import type { HostLimits } from "../../driver.ts";

const GiB = 2 ** 30;
const TiB = 2 ** 40;

/** What is known about a host before it is asked. Absent powers are probed for. */
export interface S3Host {
  readonly name: string;
  /** Bucket in the path by default. */
  readonly pathStyle: boolean;
  /** Region to sign for where none is given. */
  readonly region?: string;
  /** How the host checks what arrives: additional checksums, or `Content-MD5`. */
  readonly checksum: "crc32" | "md5";
  /** `If-None-Match: *` on PutObject. */
  readonly createOnly?: boolean;
  /** `If-None-Match: *` on CompleteMultipartUpload. */
  readonly completeOnly?: boolean;
  /** `If-Match` on PutObject. */
  readonly swap?: boolean;
  readonly limits: HostLimits;
}

interface KnownHost extends S3Host {
  /** Last labels of the endpoint's host name. */
  readonly domains: readonly string[];
}

const parts = { maxParts: 10_000, maxPartBytes: 5 * GiB, concurrency: 4 };

/** Limits as the hosts' own pages state them; the date of reading is 2026-11. */
const known: readonly KnownHost[] = [
  {
    name: "Amazon S3",
    domains: ["amazonaws.com", "amazonaws.com.cn"],
    pathStyle: false,
    checksum: "crc32",
    createOnly: true,
    completeOnly: true,
    swap: true,
    limits: { ...parts, maxObjectBytes: 10_000 * 5 * GiB },
  },
  {
    name: "Cloudflare R2",
    domains: ["r2.cloudflarestorage.com"],
    pathStyle: true,
    region: "auto",
    checksum: "md5",
    createOnly: true,
    swap: true,
    limits: { ...parts, maxObjectBytes: 4.995 * TiB },
  },
  {
    name: "DigitalOcean Spaces",
    domains: ["digitaloceanspaces.com"],
    pathStyle: false,
    checksum: "md5",
    limits: { ...parts, maxObjectBytes: 5e12, createsPerMinute: 150 * 60 },
  },
  {
    name: "Google Cloud Storage",
    domains: ["storage.googleapis.com"],
    pathStyle: true,
    region: "auto",
    checksum: "md5",
    limits: { ...parts, maxObjectBytes: 5 * TiB },
  },
];

const other: S3Host = {
  name: "an S3 compatible host",
  pathStyle: true,
  checksum: "md5",
  limits: { ...parts, maxObjectBytes: 5 * TiB },
};

/** What is known about the host behind an endpoint; Amazon S3 without one. */
export function s3Host(endpoint: URL | undefined): S3Host {
  const hostname = endpoint?.hostname ?? "amazonaws.com";
  const isIn = (domain: string): boolean => hostname === domain || hostname.endsWith(`.${domain}`);
  return known.find(({ domains }) => domains.some(isIn)) ?? other;
}
