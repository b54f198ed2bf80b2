import { existsSync, mkdirSync, readFileSync, rmdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";

/** A memory limit for processes; or, where none can be made, only its name for the report. */
export interface ControlGroup {
  /** `v1`, `v2`, or `none: …` with the reason. */
  readonly kind: string;
  add(pid: number): void;
  /** Bytes in use now, page cache included; undefined without a group. */
  usage(): number | undefined;
  /** Bytes of memory that no file backs; undefined without a group. */
  anonymous(): number | undefined;
  /** Processes that were ended for want of memory. */
  kills(): number;
  remove(): void;
}

const root = "/sys/fs/cgroup";

/** A group with this limit: v2 `memory.max`, else v1 `limit_in_bytes`. */
export function controlGroup(limitBytes: number): ControlGroup {
  const name = `plimsoll-${process.pid}`;
  const ways = [
    { kind: "v2", parent: root, probe: "cgroup.controllers", limit: "memory.max" },
    { kind: "v1", parent: join(root, "memory"), probe: "tasks", limit: "memory.limit_in_bytes" },
  ];
  let reason = "no control groups for memory here";
  for (const { kind, parent, probe, limit } of ways) {
    if (!existsSync(join(parent, probe))) continue;
    const dir = join(parent, name);
    try {
      mkdirSync(dir);
      writeFileSync(join(dir, limit), String(limitBytes));
      return group(kind, dir);
    } catch (error) {
      reason = (error as Error).message;
      try {
        rmdirSync(dir);
      } catch {
        // It was never made.
      }
    }
  }
  return {
    kind: `none: ${reason}`,
    add: () => undefined,
    usage: () => undefined,
    anonymous: () => undefined,
    kills: () => 0,
    remove: () => undefined,
  };
}

function group(kind: string, dir: string): ControlGroup {
  const read = (file: string): string => readFileSync(join(dir, file), "utf8");
  const field = (file: string, name: string): number =>
    Number(new RegExp(`^${name} (\\d+)`, "m").exec(read(file))?.[1] ?? 0);
  const isFirst = kind === "v1";
  return {
    kind,
    add: (pid) => writeFileSync(join(dir, "cgroup.procs"), String(pid)),
    usage: () => Number(read(isFirst ? "memory.usage_in_bytes" : "memory.current")),
    anonymous: () => field("memory.stat", isFirst ? "total_rss" : "anon"),
    kills: () =>
      isFirst ? field("memory.oom_control", "oom_kill") : field("memory.events", "oom_kill"),
    remove() {
      try {
        rmdirSync(dir);
      } catch {
        // A process of it has not quite ended.
      }
    },
  };
}
