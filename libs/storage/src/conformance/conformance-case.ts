import type { Driver } from "../driver.ts";

/** What a maker of stores hands to the suite: one open store, empty but for the fixture that it was asked to hold. */
export interface ConformanceStore {
  readonly driver: Driver;
  /** Requests that have reached the host. With it the suite proves that a bad key never does. */
  readonly requests?: () => number;
  /** Reads what `locate` named, as a stranger would. Without it the suite looks at the URL only. */
  readonly readLocated?: (url: string) => Promise<Uint8Array>;
  /** Begins an upload and leaves it, as a process that dies would. Asked for where the driver has `multipart`. */
  readonly beginUpload?: (key: string) => Promise<void>;
  /** Ends what the maker began. The suite closes the driver before. */
  readonly dispose?: () => Promise<void>;
}

/**
 * Opens an empty store of its own. A read-only driver's maker puts the fixture there by other means; others may ignore
 * it, the suite writes it through the driver.
 */
export type MakeStore = (fixture: ReadonlyMap<string, Uint8Array>) => Promise<ConformanceStore>;

/** What a case works with. */
export interface ConformanceContext extends ConformanceStore {
  /** Objects that lie in the store when a case of access "read" or "list" begins. */
  readonly fixture: ReadonlyMap<string, Uint8Array>;
  /** Writers at the same time in a race. */
  readonly writers: number;
  /** Bytes of a large object; more than one part of the driver's upload. */
  readonly largeBytes: number;
}

/** One promise of the driver interface. */
export interface ConformanceCase {
  readonly name: string;
  /**
   * "read" and "list" find the fixture and write nothing; "write" begins with an empty store; "refuse-write" and
   * "refuse-list" are for stores that cannot.
   */
  readonly access: "read" | "list" | "write" | "refuse-write" | "refuse-list";
  /** Whether the case is about this driver; default yes. A case that is not is reported as skipped. */
  readonly needs?: (driver: Driver) => boolean;
  run(context: ConformanceContext): Promise<void>;
}
