import { readFileSync } from "node:fs";

/** Reads a file of the system; undefined where there is none. */
export type ReadText = (path: string) => string | undefined;

const readText: ReadText = (path) => {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return undefined;
  }
};

/** cgroup v1 says "no limit" by a number near 2^63. */
const noLimit = 2 ** 60;

function bytes(text: string | undefined): number | undefined {
  const value = /^\d+\s*$/.test(text ?? "") ? Number(text) : undefined;
  return value !== undefined && value > 0 && value < noLimit ? value : undefined;
}

/** The folder of a path and those above it. */
function upwards(path: string): readonly string[] {
  const steps = path.split("/").filter((step) => step !== "");
  return [...steps.keys(), steps.length].map((count) => `/${steps.slice(0, count).join("/")}`);
}

/**
 * Bytes that the control group of this process may take, the tightest of all groups around it (cgroup v2 `memory.max`,
 * v1 `memory.limit_in_bytes`); undefined where nothing limits it. Inside a container the group's own path is often not to
 * be seen, then the mount's root is.
 */
export function memoryLimit(read: ReadText = readText): number | undefined {
  const limits: number[] = [];
  const note = (limit: number | undefined): void => {
    if (limit !== undefined) limits.push(limit);
  };
  for (const line of (read("/proc/self/cgroup") ?? "0::/").split("\n")) {
    const [, controllers, path] = /^\d+:([^:]*):(.*)$/.exec(line) ?? [];
    if (controllers === undefined || path === undefined) continue;
    if (controllers === "") {
      for (const folder of upwards(path)) {
        note(bytes(read(`/sys/fs/cgroup${folder === "/" ? "" : folder}/memory.max`)));
      }
    } else if (controllers.split(",").includes("memory")) {
      for (const folder of upwards(path)) {
        const below = folder === "/" ? "" : folder;
        note(bytes(read(`/sys/fs/cgroup/memory${below}/memory.limit_in_bytes`)));
      }
    }
  }
  return limits.length === 0 ? undefined : Math.min(...limits);
}
