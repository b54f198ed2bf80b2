import type { KeyObject } from "node:crypto";
import type { Cache } from "@plimsoll/cache";
import type { Models } from "@plimsoll/inference";
import type { TrustedKey } from "@plimsoll/manifest";
import type { Driver } from "@plimsoll/storage";
import type { AttestationTrust } from "@plimsoll/weights";

/** How one model is served, `serve.models` of the config. */
export interface ServedModelOptions {
  /** The channel that is followed; default `production`, else `latest`. */
  readonly channel?: string;
  /** A folder of this machine, or a store's URL, instead of the common store. */
  readonly source?: string;
  /** Never unloaded for want of memory. */
  readonly pin?: boolean;
}

/** What `openServing` takes. Only `models` is needed. */
export interface ServingOptions {
  readonly models: Models;
  /** Default: the user's. */
  readonly cache?: Cache;
  /** Where secrets of stores come from; default `process.env`. */
  readonly env?: Readonly<Record<string, string | undefined>>;
  /** URL of the store; none: only what lies in local folders is served. */
  readonly store?: string;
  /** Serve this one object of the store, `S3_MODEL_KEY`. */
  readonly objectKey?: string;
  /** Looked into first; default `./models`. */
  readonly localDir?: string;
  /** Default: every model that the local folder and the store have. */
  readonly configured?: Readonly<Record<string, ServedModelOptions>>;
  /** Further name → model. */
  readonly aliases?: Readonly<Record<string, string>>;
  /** Public keys that releases must be signed by. */
  readonly keys?: readonly TrustedKey[];
  /** GitHub's attestations that every version must have: trust level 2. */
  readonly attestation?: AttestationTrust;
  /** Private keys that sign moves of channels; needed only where they are signed. */
  readonly signingKeys?: readonly KeyObject[];
  /** Request headers per origin, for private hosts. */
  readonly headers?: Readonly<Record<string, Readonly<Record<string, string>>>>;
  readonly allowHttp?: boolean;
  readonly offline?: boolean;
  /** Manifest that is synced at the start, in the background; false: none. Default `weights/manifest.json` where it is. */
  readonly manifest?: string | false;
  /** Replicas are told of reloads through it; default: they only poll. */
  readonly redisUrl?: string;
  /** How long answers are kept in Redis; default 0: none are. */
  readonly predictionCacheSeconds?: number;
  /** Name of this server among the replicas; default: host name and a random part. */
  readonly replicaId?: string;
  /** Between two looks at the store, ± 20 %. Default 10,000. */
  readonly pollMs?: number;
  /** Between two beats. Default 30,000. */
  readonly heartbeatMs?: number;
  /** How long a reload waits for all replicas. Default 60,000. */
  readonly waitMs?: number;
  /** Where versions are placed and what served last is remembered; default a folder for the store in the cache. */
  readonly stateDir?: string;
  /** Of all models together, bytes; only told on. */
  readonly memoryBudgetBytes?: number | undefined;
  /** Of the control group, bytes; only told on. */
  readonly memoryLimitBytes?: number | undefined;
  /** One line on what was found where; default: nowhere. */
  readonly log?: (line: string) => void;
  /** Milliseconds since 1970. */
  readonly now?: () => number;
  /** From 0 to below 1. */
  readonly random?: () => number;
  /** Default `openStore` of the storage room. */
  readonly openStore?: (url: string, options: { readonly forWriting: boolean }) => Promise<Driver>;
}
