/** How the runtime is set up. Measured: one thread without spinning has the best latency on small machines. */
export interface SessionSettings {
  /** Threads inside one operator. Default 1. */
  readonly threads: number;
  /** Idle threads wait busily. Default false. */
  readonly spinning: boolean;
  /** Default `all`. */
  readonly optimization: "disabled" | "basic" | "extended" | "all";
  /** Keeps freed memory of activations for the next run. Default true. */
  readonly arena: boolean;
  /** Copies weights into the layout of the processor. Off, external weights stay mapped, and large products are slower. Default true. */
  readonly prepacking: boolean;
}

/** The process of a version. */
export interface ProcessSettings {
  /** MiB of V8's old generation. Default 96. */
  readonly oldSpaceMb: number;
  /** MiB of V8's young generation. Default 2. */
  readonly semiSpaceMb: number;
  /** Bytes from which the C library maps memory of its own, which then returns to the system. Default 1 MiB. */
  readonly mallocMmapThresholdBytes: number;
  /** Bytes of writable memory that the child may map; 0: no limit. Linux only. Default 0: the memory limit of this process. */
  readonly dataLimitBytes: number;
  /** Environment variables besides the few that are passed on. */
  readonly env: Readonly<Record<string, string>>;
  /** Absolute path of the child's program, for a bundle. Default: the one of this room. */
  readonly entry?: string;
}

/** Several predictions in one run of the model. Measured when a version loads, and used only where it pays. */
export interface BatchSettings {
  /** Most predictions in a run; 1: never more. Default 8. */
  readonly maxBatch: number;
  /** Times the throughput of single runs that a batch must reach. Default 1.2. */
  readonly minGain: number;
  /** Milliseconds that the measurement may take. Default 300. */
  readonly probeMs: number;
}

/** After a crash: the waiting before the next start, doubled each time, and when to stop trying. */
export interface RestartSettings {
  /** Milliseconds before the first restart. Default 100. */
  readonly firstDelayMs: number;
  /** Default 10,000. */
  readonly maxDelayMs: number;
  /** Crashes within `windowMs` after which predictions are refused for `openMs`. Default 5. */
  readonly crashes: number;
  /** Default 60,000. */
  readonly windowMs: number;
  /** Default 30,000. */
  readonly openMs: number;
}

/** What `openModels` uses where nothing else is said. */
export const inferenceDefaults = {
  session: {
    threads: 1,
    spinning: false,
    optimization: "all",
    arena: true,
    prepacking: true,
  } as SessionSettings,
  process: {
    oldSpaceMb: 96,
    semiSpaceMb: 2,
    mallocMmapThresholdBytes: 1_048_576,
    dataLimitBytes: 0,
    env: {},
  } as ProcessSettings,
  batching: { maxBatch: 8, minGain: 1.2, probeMs: 300 } as BatchSettings,
  restart: {
    firstDelayMs: 100,
    maxDelayMs: 10_000,
    crashes: 5,
    windowMs: 60_000,
    openMs: 30_000,
  } as RestartSettings,
  /** Predictions in the queue of a version. */
  maxQueue: 64,
  /** Milliseconds of one run. */
  timeoutMs: 30_000,
  /** Milliseconds from the start of a child until its model is loaded and warm. */
  loadTimeoutMs: 120_000,
  /** Milliseconds that an old version may take to answer what it was asked. */
  drainMs: 30_000,
  /** Milliseconds after which a version that nobody asked is unloaded; 0: never. */
  idleTtlMs: 0,
} as const;
