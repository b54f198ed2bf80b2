import { createHash } from "node:crypto";
import { readFileSync, readlinkSync } from "node:fs";
import { hostname } from "node:os";

import { hasCode } from "../../disk-error.ts";

let machineId: string | undefined;

/** `<machine>-<pid>`: who made a temporary file or holds a lock. */
export const writerId = `${thisMachine()}-${process.pid}`;

/**
 * Whether the process that an id names is gone: known for processes of this very machine, boot and process namespace,
 * `undefined` for others, since a folder may be shared over a network or between containers.
 */
export function isGone(id: string): boolean | undefined {
  const [machine, pid] = id.split("-");
  if (machine !== thisMachine() || pid === undefined || !/^[1-9][0-9]*$/.test(pid))
    return undefined;
  try {
    process.kill(Number(pid), 0);
    return false;
  } catch (error) {
    return hasCode(error, "ESRCH");
  }
}

function thisMachine(): string {
  machineId ??= createHash("sha256")
    .update([hostname(), ...linuxFacts()].join("\n"))
    .digest("hex")
    .slice(0, 12);
  return machineId;
}

function linuxFacts(): readonly string[] {
  try {
    return [
      readFileSync("/proc/sys/kernel/random/boot_id", "utf8"),
      readlinkSync("/proc/self/ns/pid"),
    ];
  } catch {
    return [];
  }
}
