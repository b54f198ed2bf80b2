import type { HostLimits } from "@plimsoll/storage";

/** A limit of the host that a publish would hit. */
export interface LimitHit {
  /** Field of the host's limits. */
  readonly limit: keyof HostLimits;
  /** hard: the host refuses · rate: the upload must wait for it. */
  readonly kind: "hard" | "rate";
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
  /** Requests that create an object: files or their parts, `SHA256SUMS`, manifest, channel. */
  readonly creates: number;
  /** Shortest time that the host's rate limits allow, however fast the line. */
  readonly atLeastSeconds: number;
  /** Limits that would be hit; empty means that the host takes it. */
  readonly hits: readonly LimitHit[];
}

/** Holds a version's files against what a host allows. Nothing is asked of the host. */
export function planStore(
  files: readonly { readonly name: string; readonly size: number; readonly present: boolean }[],
  limits: HostLimits = {},
  options: { readonly channel?: boolean } = {},
): StorePlan {
  const { maxObjectBytes = Infinity, splitBytes } = limits;
  const hits: LimitHit[] = [];
  let objects = 2;
  let creates = options.channel ? 3 : 2;
  for (const { name, size, present } of files) {
    let pieces = 1;
    if (size > maxObjectBytes) {
      if (splitBytes !== undefined) pieces = Math.ceil(size / splitBytes);
      else {
        const message = `${name}: ${size} bytes, the host takes files up to ${maxObjectBytes}`;
        hits.push({ limit: "maxObjectBytes", kind: "hard", message });
      }
    }
    objects += pieces;
    if (!present) creates += pieces;
  }
  const { maxObjectsPerVersion = Infinity, createsPerMinute, createsPerHour } = limits;
  if (objects > maxObjectsPerVersion) {
    const message = `${objects} files with SHA256SUMS and manifest.json, the host takes ${maxObjectsPerVersion} in a version`;
    hits.push({ limit: "maxObjectsPerVersion", kind: "hard", message });
  }
  for (const [limit, most, word] of [
    ["createsPerMinute", createsPerMinute, "minute"],
    ["createsPerHour", createsPerHour, "hour"],
  ] as const) {
    if (most === undefined || creates <= most) continue;
    hits.push({
      limit,
      kind: "rate",
      message: `${creates} uploads, the host bears ${most} a ${word}`,
    });
  }
  const missing = files.filter(({ present }) => !present);
  return {
    files: files.length,
    bytes: total(files),
    uploadFiles: missing.length,
    uploadBytes: total(missing),
    creates,
    atLeastSeconds: Math.max(
      waiting(creates, createsPerMinute, 60),
      waiting(creates, createsPerHour, 3600),
    ),
    hits,
  };
}

function total(files: readonly { readonly size: number }[]): number {
  return files.reduce((sum, { size }) => sum + size, 0);
}

/** The first `most` go at once; each further lot waits for the next window. */
function waiting(creates: number, most: number | undefined, windowSeconds: number): number {
  return most === undefined ? 0 : Math.max(0, Math.ceil(creates / most) - 1) * windowSeconds;
}
