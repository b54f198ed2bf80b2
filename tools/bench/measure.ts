import { spawn } from "node:child_process";
import { once } from "node:events";
import { readdirSync, readFileSync } from "node:fs";

/** What one run of a program cost. */
export interface Cost {
  readonly wallSeconds: number;
  /** User and system time of the program and its children, as far as sampling saw it. */
  readonly cpuSeconds: number;
  /** Highest resident memory of any one of its processes, MB of 10^6 bytes. */
  readonly memoryMb: number;
}

export interface Command {
  readonly file: string;
  readonly args: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
}

/** Between two looks at a running program. */
const sampleMs = 10;
const ticksPerSecond = 100;

/** Runs a command to its end and measures it. Throws where it fails. */
export async function measure(command: Command): Promise<Cost> {
  const began = performance.now();
  const child = spawn(command.file, command.args, {
    stdio: ["ignore", "ignore", "pipe"],
    env: { ...process.env, NODE_EXTRA_CA_CERTS: undefined, ...command.env },
  });
  let complaint = "";
  child.stderr.on("data", (text: Buffer) => (complaint += text.toString()));
  const peaks = new Map<number, { cpu: number; memory: number }>();
  const sample = (): void => {
    for (const pid of family(child.pid ?? 0)) {
      const seen = look(pid);
      const before = peaks.get(pid) ?? { cpu: 0, memory: 0 };
      // A process that is ending has no memory any more.
      if (seen) {
        peaks.set(pid, {
          cpu: Math.max(seen.cpu, before.cpu),
          memory: Math.max(seen.memory, before.memory),
        });
      }
    }
  };
  const timer = setInterval(sample, sampleMs);
  const [code] = (await once(child, "exit")) as [number | null];
  clearInterval(timer);
  const wallSeconds = (performance.now() - began) / 1000;
  if (code !== 0) throw new Error(`${command.file} ended with ${code}: ${complaint.slice(0, 500)}`);
  const all = [...peaks.values()];
  return {
    wallSeconds,
    cpuSeconds: all.reduce((sum, { cpu }) => sum + cpu, 0),
    memoryMb: Math.max(0, ...all.map(({ memory }) => memory)),
  };
}

/** A process and its descendants. Linux; elsewhere only wall time is told. */
function family(pid: number): number[] {
  try {
    const threads = readdirSync(`/proc/${pid}/task`);
    const children = threads.flatMap((thread) =>
      readFileSync(`/proc/${pid}/task/${thread}/children`, "utf8").split(" ").filter(Boolean),
    );
    return [pid, ...children.map(Number).flatMap(family)];
  } catch {
    return [];
  }
}

function look(pid: number): { cpu: number; memory: number } | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
    const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
    const status = readFileSync(`/proc/${pid}/status`, "utf8");
    const peak = Number(/VmHWM:\s+(\d+) kB/.exec(status)?.[1] ?? 0);
    const ticks = Number(fields[11]) + Number(fields[12]);
    return { cpu: ticks / ticksPerSecond, memory: (peak * 1024) / 1e6 };
  } catch {
    return undefined;
  }
}
