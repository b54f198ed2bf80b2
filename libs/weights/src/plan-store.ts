import type { HostLimits } from "@plimsoll/storage";
import { limitHits } from "./limit-hits.ts";

/** A limit of the host that a publish would hit. */
export interface LimitHit {
  /** Field of the host's limits. */
  readonly limit: keyof HostLimits;
  /** hard: the host refuses · split: the file goes in parts, which older readers cannot join · rate: the upload waits. */
  readonly kind: "hard" | "split" | "rate";
  readonly message: string;
}

/** What a publish would cost at one store. */
export interface StorePlan {
  /** Weight files of the version. */
  readonly files: number;
  readonly bytes: number;
  /** Of those, what is not there yet. */
  readonly uploadFiles: number;
  readonly uploadBytes: number;
  /** Pieces that this is sent in: parts of multipart uploads and of split files, else one a file. */
  readonly parts: number;
  /** Objects or parts that are created: those of the files, chunk indexes, `SHA256SUMS`, manifest, channel. */
  readonly creates: number;
  /** Requests of the publish, about: the creating ones and those that look, begin, complete and read back. */
  readonly requests: number;
  /** What the host's quota allows, where it has one: `requests` count against it. */
  readonly apiCallsPerHour?: number;
  /** Shortest time that the host's rate limits allow, however fast the line. */
  readonly atLeastSeconds: number;
  /** Time at the given bandwidth, or that of the rate limits where it is longer. */
  readonly estimatedSeconds: number;
  /** Limits that would be hit; empty means that the host takes it as it is. */
  readonly hits: readonly LimitHit[];
}

/** Uplink that a plan assumes: a common office line. */
export const planDefaults = { bitsPerSecond: 100_000_000 } as const;

/** A weight file, and how a host takes it. */
export interface PlannedFile {
  readonly name: string;
  readonly size: number;
  /** In the store already. */
  readonly present: boolean;
  /** Objects that it becomes: more than one where the host's files are split. */
  readonly objects: number;
  /** Requests with its bytes. */
  readonly parts: number;
}

/** Holds a version's files against what a host allows. Nothing is asked of the host. */
export function planStore(
  files: readonly Pick<PlannedFile, "name" | "size" | "present">[],
  limits: HostLimits = {},
  options: {
    readonly channel?: boolean;
    readonly bitsPerSecond?: number | undefined;
    /** Chunk indexes that are to be written beside the files. */
    readonly indexes?: number;
  } = {},
): StorePlan {
  const planned = files.map((file) => ({ ...file, ...cut(file.size, limits) }));
  const missing = planned.filter(({ present }) => !present);
  const parts = sum(missing, (file) => file.parts);
  const { indexes = 0 } = options;
  const creates = parts + indexes + (options.channel ? 3 : 2);
  // A multipart upload is also begun and completed.
  const around = sum(missing, (file) => (file.parts > file.objects ? 2 * file.objects : 0));
  // Manifest and listing are read first, the channel before it is moved; every file is read back.
  const looks = 2 + files.length + indexes + (options.channel ? 1 : 0);
  const requests = creates + around + looks;
  const { createsPerMinute, createsPerHour, apiCallsPerHour } = limits;
  const atLeastSeconds = Math.max(
    waiting(creates, createsPerMinute, 60),
    waiting(creates, createsPerHour, 3600),
    waiting(requests, apiCallsPerHour, 3600),
  );
  const uploadBytes = sum(missing, ({ size }) => size);
  const seconds = (uploadBytes * 8) / (options.bitsPerSecond ?? planDefaults.bitsPerSecond);
  return {
    files: files.length,
    bytes: sum(planned, ({ size }) => size),
    uploadFiles: missing.length,
    uploadBytes,
    parts,
    creates,
    requests,
    ...(apiCallsPerHour !== undefined && { apiCallsPerHour }),
    atLeastSeconds,
    estimatedSeconds: Math.max(atLeastSeconds, seconds),
    hits: limitHits(planned, limits, { creates, requests }),
  };
}

/** Into how many objects a host's files are split, and how many requests carry the bytes. */
function cut(size: number, limits: HostLimits): Pick<PlannedFile, "objects" | "parts"> {
  const { maxObjectBytes = Infinity, splitBytes, partBytes, maxParts = Infinity } = limits;
  if (size > maxObjectBytes && splitBytes !== undefined) {
    const objects = Math.ceil(size / splitBytes);
    return { objects, parts: objects };
  }
  if (partBytes === undefined) return { objects: 1, parts: 1 };
  // Files that would need too many parts get larger ones.
  return { objects: 1, parts: Math.min(maxParts, Math.max(1, Math.ceil(size / partBytes))) };
}

function sum<Item>(items: readonly Item[], of: (item: Item) => number): number {
  return items.reduce((total, item) => total + of(item), 0);
}

/** The first `most` go at once; each further lot waits for the next window. */
function waiting(requests: number, most: number | undefined, windowSeconds: number): number {
  return most === undefined ? 0 : Math.max(0, Math.ceil(requests / most) - 1) * windowSeconds;
}
