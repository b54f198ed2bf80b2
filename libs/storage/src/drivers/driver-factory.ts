import type { Clock } from "../clock.ts";
import type { Driver } from "../driver.ts";
import type { Credentials } from "../http/credentials.ts";
import type { HttpClient } from "../http/http-client.ts";
import type { StoreLocation } from "../store-location.ts";

/** Settings of an open store; every field has a default. */
export interface OpenStoreOptions {
  /** Where secrets come from. Default: the process's environment. */
  readonly env?: Readonly<Record<string, string | undefined>>;
  /** `http://` to a host that is not loopback; default false. */
  readonly allowHttp?: boolean;
  /** Headers per origin, for stores that are read over plain HTTPS. Default: none. */
  readonly credentials?: Credentials;
  /** Connections to share with others; the store then leaves closing it to its owner. Default: one of its own. */
  readonly http?: HttpClient;
  /**
   * The store is to be written: a host that is not known to have conditional writes is asked for them while it opens, by
   * a few small writes under `.plimsoll/`. Default false: such a host then opens without `swap`.
   */
  readonly forWriting?: boolean;
  /**
   * On a host with the power `release`: what was prepared and not published yet is seen too, for those who go on with it.
   * Default false: a store sees of that only what it wrote itself.
   */
  readonly unpublished?: boolean;
  /** PEM of further certificate authorities. Default: none. */
  readonly ca?: string;
  /** Ends the opening, not the store. */
  readonly signal?: AbortSignal;
  /** What a relative folder is taken from; default the process's. */
  readonly cwd?: string;
  /** Default: the machine's. */
  readonly clock?: Clock;
  /** Default: waits for so many ms, less when the signal fires. */
  readonly sleep?: (ms: number, signal?: AbortSignal) => Promise<void>;
  /** From 0 to below 1; default `Math.random`. */
  readonly random?: () => number;
  /** What a person should know though nothing failed, e.g. a host without conditional writes. Default: nothing. */
  readonly log?: (line: string) => void;
}

/** The options with their defaults, as a driver receives them. */
export interface DriverSettings extends OpenStoreOptions {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly allowHttp: boolean;
  readonly credentials: Credentials;
  readonly clock: Clock;
  readonly sleep: (ms: number, signal?: AbortSignal) => Promise<void>;
  readonly random: () => number;
  readonly log: (line: string) => void;
}

/** Opens a store. Nothing has to be asked of the host for that: an unreachable one fails at the first call. */
export type DriverFactory = (
  location: StoreLocation,
  settings: DriverSettings,
) => Driver | Promise<Driver>;
