import type { Cache, Placement } from "@plimsoll/cache";
import type { FetchEvent, FetchOptions } from "@plimsoll/fetch";
import type { ParsedManifest, TrustedKey } from "@plimsoll/manifest";
import type { AttestationTrust } from "./attested.ts";
import type { StoreOpener } from "./publish-request.ts";

/** What `syncWeights` takes. */
export interface SyncOptions {
  /**
   * A manifest's path or `https:` URL, or a store's URL. A folder with a `manifest.json` in it is that manifest, unless
   * `model` is given; another folder is a store.
   */
  readonly from: string;
  /** The app's folder; default: the folder of a local manifest, else `weights`. */
  readonly dir?: string;
  /** With a store: which model (default: its only one) and which version, or the channel (default `latest`, else the newest version). */
  readonly model?: string;
  readonly release?: string;
  readonly channel?: string;
  /** Fetch again even what is proven. */
  readonly force?: boolean;
  /** Hash all files that are here, also those that were proven before; default false. */
  readonly full?: boolean;
  /** Hash what is here and change nothing. */
  readonly verifyOnly?: boolean;
  /** Take nothing from the network; fail where something is missing. */
  readonly offline?: boolean;
  /** Fail instead of changing the manifest beside the weights. */
  readonly frozen?: boolean;
  /** Leave out entries with `required: false`. */
  readonly requiredOnly?: boolean;
  /** Brings only the entries that it says yes to, as a server that needs no training checkpoints; default: all. */
  readonly only?: (name: string) => boolean;
  /** Request headers per origin, for private hosts. */
  readonly headers?: Readonly<Record<string, Readonly<Record<string, string>>>>;
  /** `http://` beyond loopback; default false. */
  readonly allowHttp?: boolean;
  /**
   * Public keys from the app's own configuration: only what one of them signed is taken, before anything is cached or
   * placed. Default none: digests over TLS.
   */
  readonly keys?: readonly TrustedKey[];
  /** GitHub attestations that every file must have (level 2), from the app's own configuration only. */
  readonly attestation?: AttestationTrust;
  /** Takes files with code in them that the scan does not know, pickles above all; default false: `E_SCAN`. */
  readonly allowPickle?: boolean;
  /** What an expired channel is: `warn` (default) or `refuse`. */
  readonly stale?: "warn" | "refuse";
  /** Where the seen moves of channels are remembered; default `trust` in the cache's folder; false: nowhere. */
  readonly trustDir?: string | false;
  readonly now?: () => Date;
  /** Default: the user's. */
  readonly cache?: Cache;
  /** Passed on to the fetch room. */
  readonly fetch?: FetchOptions;
  readonly openStore?: StoreOpener;
  readonly signal?: AbortSignal;
  readonly onEvent?: (event: SyncEvent) => void;
  readonly env?: Readonly<Record<string, string | undefined>>;
}

/** How one file came out. */
export interface SyncedFile {
  readonly type: "file";
  readonly name: string;
  /** unchanged: proven before and untouched · verified: hashed just now · cached: from the cache · fetched: from the network · failed: see `error`. */
  readonly outcome: "unchanged" | "verified" | "cached" | "fetched" | "failed" | "skipped";
  readonly size: number | undefined;
  readonly placement?: Placement;
  readonly error?: { readonly code: string; readonly message: string };
}

export type SyncEvent =
  | FetchEvent
  | {
      readonly type: "plan";
      readonly files: number;
      readonly bytes: number;
      /** Files and bytes that are neither in the folder nor in the cache. */
      readonly missingFiles: number;
      readonly missingBytes: number;
    }
  | { readonly type: "warning"; readonly message: string }
  | SyncedFile;

export interface SyncResult {
  readonly manifest: ParsedManifest;
  /** Absolute. */
  readonly dir: string;
  /** In the order of the manifest. */
  readonly files: readonly SyncedFile[];
  /** Bytes that came over the network or from a store. */
  readonly receivedBytes: number;
  /** Bytes of fetched files that came from files that were here: other versions in the cache, a damaged copy. */
  readonly localBytes: number;
  readonly elapsedMs: number;
  readonly warnings: readonly string[];
}
