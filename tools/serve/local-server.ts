import { createWriteStream, readdirSync, readFileSync } from "node:fs";
import { serverChild } from "./server-child.ts";

/** The built server as a process of its own, on a free port of this machine. */
export interface LocalServer extends AsyncDisposable {
  readonly url: string;
  readonly pid: number;
  readonly token: string;
  /** Resident memory in MB of 10^6 bytes: of the server alone, and of its children. */
  memory(): { readonly parent: number; readonly children: number };
  /** Processor time of the server and its children so far, ms. On a busy machine it tells more than the clock. */
  cpuMs(): number;
  admin(method: string, path: string, body?: object): Promise<Response>;
  /** Asks the model for `x = [[1, 1]]`; gives the factor and the version that answered. */
  ask(model: string): Promise<{ readonly factor: number; readonly version: string }>;
}

export const token = "tools-serve-token-0123456789abcdef";
/** Starts it and waits until it listens. `before` is put in front of the command, to run it in a control group. */
export async function localServer(options: {
  readonly env: Readonly<Record<string, string>>;
  readonly log: string;
  readonly cwd: string;
  readonly onSpawn?: (pid: number) => void;
}): Promise<LocalServer> {
  const log = createWriteStream(options.log);
  const child = await serverChild({
    cwd: options.cwd,
    env: { ADMIN_TOKEN: token, ...options.env },
    onSpawn: options.onSpawn,
    onText: (text) => log.write(text),
  });
  const { url, pid } = child;
  const admin = async (method: string, path: string, body?: object): Promise<Response> =>
    await fetch(`${url}/api/v1/admin/${path}`, {
      method,
      headers: { authorization: `Bearer ${token}`, "content-type": "application/json" },
      ...(body && { body: JSON.stringify(body) }),
    });
  return {
    url,
    pid,
    token,
    memory: () => ({
      parent: resident(pid),
      children: descendants(pid).reduce((sum, each) => sum + resident(each), 0),
    }),
    cpuMs: () => [pid, ...descendants(pid)].reduce((sum, each) => sum + cpuMs(each), 0),
    admin,
    async ask(model) {
      const x = { name: "x", datatype: "FP32", shape: [1, 2], data: [1, 1] };
      const reply = await fetch(`${url}/v2/models/${model}/infer`, {
        method: "POST",
        headers: { "content-type": "application/json" },
        body: JSON.stringify({ inputs: [x], outputs: [{ name: "y" }] }),
      });
      const text = await reply.text();
      if (!reply.ok) throw new Error(`infer: ${reply.status} ${text}`);
      const answer = JSON.parse(text) as { outputs: { data: number[] }[] };
      return {
        factor: answer.outputs[0]?.data[0] ?? NaN,
        version: reply.headers.get("x-model-version") ?? "",
      };
    },
    async [Symbol.asyncDispose]() {
      await child.stop();
      log.end();
    },
  };
}

function resident(pid: number): number {
  try {
    const text = readFileSync(`/proc/${pid}/status`, "utf8");
    return (Number(/VmRSS:\s+(\d+)/.exec(text)?.[1] ?? 0) * 1024) / 1e6;
  } catch {
    return 0;
  }
}

/** Of a process and of those of its children that ended, in ticks of 10 ms. */
function cpuMs(pid: number): number {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, "utf8");
    const fields = text.slice(text.lastIndexOf(")") + 2).split(" ");
    return [11, 12, 13, 14].reduce((sum, field) => sum + Number(fields[field]) * 10, 0);
  } catch {
    return 0;
  }
}

/** Children and theirs. Linux; elsewhere none. */
function descendants(pid: number): number[] {
  try {
    return readdirSync(`/proc/${pid}/task`).flatMap((thread) =>
      readFileSync(`/proc/${pid}/task/${thread}/children`, "utf8")
        .split(" ")
        .filter(Boolean)
        .map(Number)
        .flatMap((child) => [child, ...descendants(child)]),
    );
  } catch {
    return [];
  }
}
