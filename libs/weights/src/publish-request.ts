import type { KeyObject } from "node:crypto";
import type { Cache } from "@plimsoll/cache";
import type { JsonObject, ParsedManifest, TrustedKey } from "@plimsoll/manifest";
import type { Driver } from "@plimsoll/storage";
import type { CompanionOptions } from "./companions.ts";
import type { UpdateCost } from "./update-cost.ts";
import type { StorePlan } from "./plan-store.ts";

/** Opens a store by its URL; default `openStore` of the storage room. */
export type StoreOpener = (url: string) => Promise<Driver>;

/** What every verb that writes to stores takes. */
export interface StoreOptions {
  /** Store URLs. The first gives the manifest's `url`, the others its `mirrors`. */
  readonly to: readonly string[];
  /** `http://` beyond loopback; default false. */
  readonly allowHttp?: boolean;
  /** Request headers per origin, for private hosts. */
  readonly headers?: Readonly<Record<string, Readonly<Record<string, string>>>>;
  readonly openStore?: StoreOpener;
  readonly signal?: AbortSignal;
  readonly onEvent?: (event: PublishEvent) => void;
  readonly now?: () => Date;
  readonly env?: Readonly<Record<string, string | undefined>>;
}

/** What `publishWeights` takes. */
export interface PublishOptions extends StoreOptions, CompanionOptions {
  /** Absolute or relative paths of the weight files, or one folder. */
  readonly from: readonly string[];
  /** `v` + semver with an optional suffix. */
  readonly release: string;
  /**
   * Default: the model of the manifest beside the weights, else what the metadata call it, else the only file's stem, else
   * the folder's name.
   */
  readonly model?: string;
  /** Globs that replace the list of weight files' extensions. */
  readonly include?: readonly string[];
  readonly exclude?: readonly string[];
  /** Globs of files whose failed download is only a warning: entries get `required: false`. */
  readonly optional?: readonly string[];
  /** Moves this channel to the version when it is visible. */
  readonly channel?: string;
  /** Who moves the channel, for its history. */
  readonly issuedBy?: string;
  /** When the channel's new place becomes stale for readers; default never. */
  readonly expires?: Date;
  /** Private keys: the version and the channel are signed. */
  readonly signingKeys?: readonly KeyObject[];
  /** Public keys that the channel's present place must be signed by, if it is signed. */
  readonly keys?: readonly TrustedKey[];
  readonly description?: string;
  /** Section 5 of the contracts; default: what lies in the folder. */
  readonly metadata?: JsonObject;
  /** Where the pinning manifest is written; default `<folder>/manifest.json`; false: nowhere. */
  readonly manifestPath?: string | false;
  /** Base of the URLs in the manifest instead of the first store's own (a CDN): it stands for the store's root. */
  readonly publicUrl?: string;
  /**
   * Puts a chunk index (`<file>.chunks`) beside every file of 1 MiB and more, so that readers check bytes as they
   * arrive, mend damaged copies and fetch only what changed; default true.
   */
  readonly chunks?: boolean;
  /** Says what would be done, hashes, asks the stores, and writes nothing. */
  readonly dryRun?: boolean;
  /** Uplink that the times of a dry run are estimated with; default 100 Mbit/s. */
  readonly bitsPerSecond?: number;
  /** Publishes files with code in them that the scan does not know, pickles above all; default false: `E_SCAN`. */
  readonly allowPickle?: boolean;
  /** Stores each file compressed where that saves a tenth or more; readers decode it. Default false. */
  readonly compress?: boolean;
  /** Uploads and verifies everything and leaves it invisible; `finishRelease` makes it visible. */
  readonly hold?: boolean;
  /** Also copies the files to `models/<model>/latest/` inside the store, for readers of the older layout; not atomic. */
  readonly mirrorLatest?: boolean;
  /** Uploads at the same time to one store; default what the host bears well, else 4. */
  readonly concurrency?: number;
  /** Reads back and hashes every file, also where the host states its digest. */
  readonly fullReadBack?: boolean;
  /** Holds the recorded state of files hashed before; default the user's cache; false: every file is hashed. */
  readonly cache?: Cache | false;
}

export type PublishEvent =
  | { readonly type: "hash"; readonly name: string; readonly bytes: number; readonly size: number }
  | {
      readonly type: "upload";
      readonly store: string;
      readonly name: string;
      readonly bytes: number;
      readonly size: number;
    }
  | { readonly type: "readback"; readonly store: string; readonly name: string }
  | { readonly type: "visible"; readonly store: string; readonly release: string }
  | { readonly type: "already-published"; readonly store: string; readonly release: string }
  | { readonly type: "held"; readonly store: string; readonly release: string }
  | {
      readonly type: "channel";
      readonly store: string;
      readonly channel: string;
      readonly sequence: number;
      readonly moved: boolean;
    }
  | {
      readonly type: "store-failed";
      readonly store: string;
      readonly code: string;
      readonly message: string;
    }
  | { readonly type: "warning"; readonly message: string };

/** How one store came out. */
export interface PublishedStore {
  /** The store's URL as it was given. */
  readonly url: string;
  readonly outcome: "published" | "already-published" | "held" | "planned" | "failed";
  readonly uploadedBytes: number;
  readonly elapsedMs: number;
  /** Requests that counted against the host's quota, on hosts that have one. */
  readonly apiCalls?: number;
  readonly error?: { readonly code: string; readonly message: string };
  /** With `dryRun`. */
  readonly plan?: StorePlan;
}

export interface PublishResult {
  readonly manifest: ParsedManifest;
  /** Path of the pinning manifest that was written. */
  readonly manifestPath: string | undefined;
  readonly release: string;
  readonly model: string | undefined;
  readonly files: readonly {
    readonly name: string;
    readonly size: number;
    readonly sha256: string;
  }[];
  readonly stores: readonly PublishedStore[];
  /** What readers of the version before will fetch, where that could be found out. */
  readonly update?: UpdateCost;
}
