/** Milliseconds, all of them. */
export interface LockTimes {
  /** How often a holder shows that it lives; default 2,000. */
  readonly heartbeatMs: number;
  /** For how long no sign of life makes a lock stealable; default 15,000. */
  readonly staleMs: number;
  /** First and longest time between two looks at a lock; default 20 and 500. */
  readonly pollMs: number;
  readonly maxPollMs: number;
}

/** What holds where an option says nothing else. */
export const cacheDefaults = {
  /** `reserve`: how long to wait for another process that brings the same blob. */
  waitMs: 600_000,
  /** `reserve`: time between two calls of `onWait`. */
  tellMs: 1_000,
  /** `gc`: from finding a blob to placing, opening or leasing it. */
  graceMs: 600_000,
  lockTimes: { heartbeatMs: 2_000, staleMs: 15_000, pollMs: 20, maxPollMs: 500 },
} as const satisfies { readonly lockTimes: LockTimes; readonly [name: string]: unknown };
