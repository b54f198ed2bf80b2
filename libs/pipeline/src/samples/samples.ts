import type { Driver } from "@plimsoll/storage";
import type { SampleLimits } from "./check-sample.ts";
import type { SampleQuotas } from "./quotas.ts";
import type { SampleKind } from "./sample-type.ts";

/** A sample as it comes in. Nothing of what the sender says becomes a path. */
export interface SampleUpload {
  readonly model: string;
  /** The label, as the sender wrote it. */
  readonly class: string;
  readonly bytes: Uint8Array;
  /** The sender's name of the file: kept as metadata only. */
  readonly name?: string | undefined;
  /** Who sends it. */
  readonly by?: string | undefined;
  /** Where it comes from: an address, a path. Quotas of a sender are counted by it. */
  readonly from?: string | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** What became of it. */
export interface AddedSample {
  /** Name that the server made; the bytes' SHA-256, hex. */
  readonly sha256: string;
  readonly class: string;
  /** Key in the store, also where it is still on its way there. */
  readonly key: string;
  /**
   * stored: it lies in the store · waiting: on this disk, sent as soon as the store answers · duplicate: it was there
   * before.
   */
  readonly state: "stored" | "waiting" | "duplicate";
  /** Why it is not learned from before a person approves it. */
  readonly quarantine?: string;
  readonly seconds?: number;
  readonly at: Date;
}

/** Takes labelled samples for the models of one store. */
export interface Samples {
  /**
   * Checks a sample, keeps it on this disk, and sends it to the store.
   *
   * @throws PipelineError `E_CLASS`, `E_MEDIA`, `E_INPUT`, `E_QUOTA`, `E_DISK`, `E_USAGE`.
   */
  add(upload: SampleUpload): Promise<AddedSample>;
  /** Originals by class, and how many wait here or in quarantine. */
  counts(model: string): Promise<DatasetCounts>;
  /** Tries to send what waits now; gives how many still wait. */
  send(): Promise<number>;
  close(): Promise<void>;
}

export interface DatasetCounts {
  readonly model: string;
  /** Originals in the store. */
  readonly samples: number;
  readonly classes: Readonly<Record<string, number>>;
  readonly quarantined: Readonly<Record<string, number>>;
  /** On this machine's disk, not in the store yet. */
  readonly waiting: number;
}

/** What is taken for one model. */
export interface SampleRules {
  /** Labels that are taken besides those the store already has samples of. */
  readonly classes?: readonly string[];
  /** Takes labels that nobody knows; default false. */
  readonly newClasses?: boolean;
  /** Default: what the originals in the store are, else any. */
  readonly kind?: SampleKind;
  /** Every sample waits in quarantine until a person approves it; default false. */
  readonly approval?: boolean;
}

export interface SamplesOptions {
  readonly store: Driver;
  /** Folder on this disk, made when needed. */
  readonly spoolDir: string;
  /** Rules of a model; default: none. */
  readonly rules?: (model: string) => SampleRules;
  readonly limits?: SampleLimits;
  readonly quotas?: SampleQuotas;
  /** Longest wait for the store before a sample is left to be sent later; default 10,000. */
  readonly storeTimeoutMs?: number;
  /** Between tries to send what waits; default 30,000; 0: only when asked. */
  readonly retryMs?: number;
  /** How long a listing of the dataset is trusted; default 60,000. */
  readonly listingMs?: number;
  readonly now?: () => Date;
  readonly log?: (line: string) => void;
}
