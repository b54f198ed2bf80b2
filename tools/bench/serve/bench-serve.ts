import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { publishWeights } from "@plimsoll/weights";
import { writeReport } from "../report.ts";
import { type LocalServer, localServer } from "../../serve/local-server.ts";
import { writeBenchModel } from "./bench-model.ts";
import { inferBodies } from "./infer-body.ts";

interface ClientResult {
  readonly perSecond: number;
  readonly failed: number;
  /** When each version answered first, ms since the start. */
  readonly versions: Readonly<Record<string, number>>;
  readonly latencies: readonly (readonly [number, number])[];
}

const here = (name: string): string => fileURLToPath(new URL(name, import.meta.url));
const seconds = 5;
const layers = 3;

/** The figures of issue 5, on whatever machine this is: they are told with its load. */
export async function benchServe({ rounds }: { readonly rounds: number }): Promise<void> {
  const dir = await mkdtemp(join(tmpdir(), "plimsoll-bench-"));
  const store = join(dir, "store");
  const bodies = inferBodies();
  const files = { json: join(dir, "json"), binary: join(dir, "binary") };
  await writeFile(files.json, bodies.json);
  await writeFile(files.binary, bodies.binary);
  const publish = async (version: number): Promise<void> => {
    const from = join(dir, `v${version}`);
    await writeBenchModel(from, layers, version);
    await publishWeights({
      from: [from],
      to: [store],
      release: `v${version}.0.0`,
      cache: false,
      model: "bench",
    });
  };
  try {
    for (const version of [1, 2]) await publish(version);
    await using server = await localServer({
      cwd: dir,
      log: join(dir, "log"),
      env: { MODEL_STORE: store, PLIMSOLL_CACHE_DIR: join(dir, "cache"), LOG_LEVEL: "info" },
    });
    const idle = await settled(server);
    await reload(server, 1);
    const loaded = await settled(server);
    const url = `${server.url}/v2/models/bench/infer`;
    const client = (kind: "json" | "binary", atOnce: number): Promise<ClientResult> => {
      const length = kind === "binary" ? bodies.jsonLength : 0;
      const args = [url, seconds, atOnce, files[kind], length].map(String);
      return script<ClientResult>("./client.mjs", args);
    };
    const throughput: Record<string, number[]> = { bare: [], json: [], binary: [] };
    const calm: number[] = [];
    const swapped: number[] = [];
    const toFirstAnswer: number[] = [];
    let peak = loaded;
    let serving = 1;
    await client("binary", 4);
    for (let round = 0; round < rounds; round += 1) {
      const bare = await script<number>("./bare-loop.mjs", [
        join(dir, "v1", "bench.onnx"),
        String(seconds),
      ]);
      throughput["bare"]?.push(bare);
      throughput["json"]?.push((await client("json", 8)).perSecond);
      throughput["binary"]?.push((await client("binary", 8)).perSecond);
      // For latencies half of what it can do: a full queue measures nothing but itself.
      const quiet = await client("binary", 1);
      calm.push(percentile(quiet.latencies, 0.99));
      serving = serving === 1 ? 2 : 1;
      const sampler = setInterval(() => {
        const now = server.memory();
        peak = {
          parent: Math.max(peak.parent, now.parent),
          children: Math.max(peak.children, now.children),
        };
      }, 10);
      const [during] = await Promise.all([
        client("binary", 1),
        swapLater(server, serving, toFirstAnswer),
      ]);
      clearInterval(sampler);
      if (during.failed > 0) throw new Error(`${during.failed} requests failed during a swap`);
      swapped.push(percentile(during.latencies, 0.99));
    }
    const figures = {
      throughputPerSecond: mapped(throughput, median),
      ratioBinary: median(throughput["binary"] ?? []) / median(throughput["bare"] ?? []),
      ratioJson: median(throughput["json"] ?? []) / median(throughput["bare"] ?? []),
      p99CalmMs: median(calm),
      p99SwapMs: median(swapped),
      p99Ratio: median(swapped) / median(calm),
      reloadToFirstAnswerMs: median(toFirstAnswer),
      memoryMb: { idle, loaded, peak },
    };
    print(figures);
    const path = await writeReport("serve", [{ name: "serve", rounds, layers, figures }]);
    console.log(`written to ${path}`);
  } finally {
    await rm(dir, { recursive: true, force: true });
  }
}

type Figures = Readonly<Record<string, unknown>>;

function print(figures: Figures): void {
  for (const [name, value] of Object.entries(figures)) {
    const text = typeof value === "number" ? value.toFixed(2) : JSON.stringify(value, rounded);
    console.log(`  ${name.padEnd(24)} ${text}`);
  }
  const verdict = (name: string, holds: boolean): void =>
    console.log(`  ${name}: ${holds ? "reached" : "missed"}`);
  verdict("binary at least 0.85 of bare", Number(figures["ratioBinary"]) >= 0.85);
  verdict("p99 during a swap at most twice", Number(figures["p99Ratio"]) <= 2);
}

const rounded = (_key: string, value: unknown): unknown =>
  typeof value === "number" ? Math.round(value * 10) / 10 : value;

async function reload(server: LocalServer, version: number): Promise<void> {
  const order = { model_type: "bench", version: `v${version}.0.0` };
  const reply = await server.admin("POST", "reload-models", order);
  if (!reply.ok) throw new Error(`reload-models: ${reply.status} ${await reply.text()}`);
  await reply.arrayBuffer();
}

/** A swap in the middle of a run; notes how long it was until the new version answered. */
async function swapLater(server: LocalServer, version: number, times: number[]): Promise<void> {
  await new Promise((resolve) => setTimeout(resolve, (seconds * 1000) / 4));
  const began = performance.now();
  const done = reload(server, version);
  const wanted = `v${version}.0.0`;
  while ((await versionNow(server)) !== wanted) {
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  times.push(performance.now() - began);
  await done;
}

async function versionNow(server: LocalServer): Promise<string> {
  const { binary, jsonLength } = inferBodies();
  const reply = await fetch(`${server.url}/v2/models/bench/infer`, {
    method: "POST",
    headers: {
      "content-type": "application/octet-stream",
      "inference-header-content-length": String(jsonLength),
    },
    body: new Uint8Array(binary),
  });
  await reply.arrayBuffer();
  return reply.headers.get("x-model-version") ?? "";
}

/** Memory when nothing happens. */
async function settled(server: LocalServer): Promise<{ parent: number; children: number }> {
  await new Promise((resolve) => setTimeout(resolve, 2_000));
  return server.memory();
}

async function script<Result>(name: string, args: readonly string[]): Promise<Result> {
  const child = spawn(process.execPath, [here(name), ...args], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  let out = "";
  child.stdout.setEncoding("utf8").on("data", (text: string) => (out += text));
  const [code] = (await once(child, "close")) as [number | null];
  if (code !== 0) throw new Error(`${name} ended with ${code}`);
  return JSON.parse(out) as Result;
}

function percentile(latencies: ClientResult["latencies"], share: number): number {
  const sorted = latencies.map(([, ms]) => ms).toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? NaN;
}

function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? NaN;
}

function mapped(
  values: Readonly<Record<string, readonly number[]>>,
  each: (values: readonly number[]) => number,
): Record<string, number> {
  return Object.fromEntries(Object.entries(values).map(([name, list]) => [name, each(list)]));
}
