/** Defaults of `HttpClientOptions` (row N14; no limit of the total time: a large file on a slow line is no fault). */
export const httpDefaults = {
  maxRedirects: 5,
  connectTimeoutMs: 10_000,
  idleTimeoutMs: 30_000,
  minBytesPerSecond: 1024,
  slowWindowMs: 60_000,
  maxSockets: 16,
} as const;
