/** What a host charges, in US dollars. GB are 2^30 bytes, as the hosts bill them. Absent: not known here. */
export interface HostPrices {
  readonly host: string;
  /** When these prices were read, year and month. Prices change: the host's own page decides. */
  readonly asOf: string;
  /** For one GB stored during a month, beyond what is included. */
  readonly storagePerGb?: number;
  /** For one GB that leaves the host, beyond what is included. */
  readonly egressPerGb?: number;
  /** For 1,000 requests that write or list, and that read. */
  readonly writesPer1000?: number;
  readonly readsPer1000?: number;
  /** A plan that is paid whatever is used, and what it includes. */
  readonly plan?: {
    readonly perMonth: number;
    readonly storageGb: number;
    readonly egressGb: number;
    /** Requests; default none. */
    readonly writes?: number;
    readonly reads?: number;
  };
  /** A file must be smaller. */
  readonly maxFileBytes?: number;
  readonly note: string;
}

/** Every host whose prices are known; docs/how-to/keep-a-bucket-tidy.md shows them. */
export const prices: readonly HostPrices[] = [
  {
    host: "GitHub Releases",
    asOf: "2025-11",
    storagePerGb: 0,
    egressPerGb: 0,
    writesPer1000: 0,
    readsPer1000: 0,
    maxFileBytes: 2 ** 31,
    note: "free for public repositories",
  },
  {
    host: "Amazon S3",
    asOf: "2025-11",
    storagePerGb: 0.023,
    egressPerGb: 0.09,
    writesPer1000: 0.005,
    readsPer1000: 0.0004,
    note: "Standard in us-east-1, egress of the first 10 TB",
  },
  {
    host: "Google Cloud Storage",
    asOf: "2025-11",
    storagePerGb: 0.02,
    egressPerGb: 0.12,
    writesPer1000: 0.005,
    readsPer1000: 0.0004,
    note: "Standard in one US region",
  },
  {
    host: "DigitalOcean Spaces",
    asOf: "2025-11",
    storagePerGb: 0.02,
    egressPerGb: 0.01,
    writesPer1000: 0,
    readsPer1000: 0,
    plan: { perMonth: 5, storageGb: 250, egressGb: 1024 },
    note: "$5 a month with 250 GB and 1 TB of egress",
  },
  {
    host: "Cloudflare R2",
    asOf: "2026-08",
    storagePerGb: 0.015,
    egressPerGb: 0,
    writesPer1000: 0.0045,
    readsPer1000: 0.00036,
    plan: { perMonth: 0, storageGb: 10, egressGb: 0, writes: 1_000_000, reads: 10_000_000 },
    note: "Standard, 10 GB free; a million writes and ten million reads are free, too",
  },
];
