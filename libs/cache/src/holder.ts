import { createHash, randomBytes } from "node:crypto";
import { readFileSync, readlinkSync } from "node:fs";
import { hostname } from "node:os";

/** A process as one sees it from its token. `unknown`: on another machine, or nothing here can tell. */
export type HolderState = "alive" | "gone" | "unknown";

const TOKEN = /^([0-9a-z]+)-([0-9]+)-([0-9a-z]+)-([0-9a-z]+)$/;

let identity: { readonly machine: string; readonly start: string } | undefined;

/**
 * A name for something that this process holds: `<machine>-<pid>-<start>-<random>`, lower-case letters and digits.
 * From it any process of the same machine can tell whether the holder lives, even when its pid was given to another
 * process since (row D7).
 */
export function newToken(): string {
  identity ??= { machine: machineIdentity(), start: startOf(process.pid) ?? "0" };
  const random = randomBytes(6).toString("hex");
  return `${identity.machine}-${process.pid}-${identity.start}-${random}`;
}

/** Whether the process that made `token` still runs. A process that is dead but not yet reaped is gone. */
export function holderState(token: string): HolderState {
  const match = TOKEN.exec(token);
  if (!match) return "unknown";
  identity ??= { machine: machineIdentity(), start: startOf(process.pid) ?? "0" };
  const [, machine, pid, start] = match;
  if (machine !== identity.machine) return "unknown";
  if (!runs(Number(pid))) return "gone";
  if (start === "0") return "unknown";
  const startNow = startOf(Number(pid));
  if (startNow === undefined) return "unknown";
  return startNow === start ? "alive" : "gone";
}

/** Whether the process that made `token` ran on this machine since it was started, in this namespace of pids. */
export function isOfThisMachine(token: string): boolean {
  identity ??= { machine: machineIdentity(), start: startOf(process.pid) ?? "0" };
  return TOKEN.exec(token)?.[1] === identity.machine;
}

/**
 * Pids mean something within one boot of one machine, and on Linux within one pid namespace: two containers may share a
 * cache, a host name and every pid.
 */
function machineIdentity(): string {
  const boot = quietly(() => readFileSync("/proc/sys/kernel/random/boot_id", "utf8").trim());
  const namespace = quietly(() => readlinkSync("/proc/self/ns/pid"));
  const text = [hostname(), boot ?? "", namespace ?? ""].join("\n");
  return createHash("sha256").update(text).digest("hex").slice(0, 12);
}

function runs(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code !== "ESRCH";
  }
}

/**
 * When a process started, in clock ticks after boot: field 22 of proc_pid_stat(5), counted after the name, which may
 * hold spaces and parentheses. "dead" for one that is not reaped. Undefined where there is no /proc.
 */
function startOf(pid: number): string | undefined {
  const stat = quietly(() => readFileSync(`/proc/${pid}/stat`, "utf8"));
  if (stat === undefined) return undefined;
  const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  return fields[0] === "Z" || fields[0] === "X" ? "dead" : fields[19];
}

function quietly<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch {
    return undefined;
  }
}
