import type { HostLimits } from "@plimsoll/storage";
import type { LimitHit, PlannedFile } from "./plan-store.ts";

/** Every limit of a host that a version's files would hit, with a message for a person. */
export function limitHits(
  files: readonly PlannedFile[],
  limits: HostLimits,
  { creates, requests }: { readonly creates: number; readonly requests: number },
): LimitHit[] {
  const hits = files.flatMap((file) => fileHits(file, limits));
  const { maxObjectsPerVersion = Infinity } = limits;
  const objects = files.reduce((total, file) => total + file.objects, 2);
  if (objects > maxObjectsPerVersion) {
    const message = `${objects} files with SHA256SUMS and manifest.json, the host takes ${maxObjectsPerVersion} in a version`;
    hits.push({ limit: "maxObjectsPerVersion", kind: "hard", message });
  }
  for (const [limit, made, what, window] of [
    ["createsPerMinute", creates, "uploads", "minute"],
    ["createsPerHour", creates, "uploads", "hour"],
    ["apiCallsPerHour", requests, "requests", "hour"],
  ] as const) {
    const most = limits[limit];
    if (most === undefined || made <= most) continue;
    const message = `${made} ${what}, the host bears ${most} a ${window}`;
    hits.push({ limit, kind: "rate", message });
  }
  return hits;
}

function fileHits({ name, size, objects }: PlannedFile, limits: HostLimits): LimitHit[] {
  const { maxObjectBytes = Infinity, maxParts = Infinity, maxPartBytes = Infinity } = limits;
  const hits: LimitHit[] = [];
  if (size > maxObjectBytes) {
    const most = `${name}: ${size} bytes, the host takes files up to ${maxObjectBytes}`;
    hits.push(
      objects > 1
        ? {
            limit: "maxObjectBytes",
            kind: "split",
            message: `${most}: it goes in ${objects} parts, which readers of format 1.0 cannot join`,
          }
        : { limit: "maxObjectBytes", kind: "hard", message: most },
    );
  }
  if (objects === 1 && size > maxParts * maxPartBytes) {
    const message = `${name}: ${size} bytes, ${maxParts} parts of at most ${maxPartBytes} bytes do not hold them`;
    hits.push({ limit: "maxParts", kind: "hard", message });
  }
  return hits;
}
