import { setTimeout as sleep } from "node:timers/promises";
import { compareOutputs, type Golden, goldenFromJson } from "@plimsoll/inference";
import type { JsonObject, Manifest } from "@plimsoll/manifest";
import type { Answer, ServerClient } from "./server-client.ts";

/** One thing that was looked at. */
export interface Check {
  readonly name: string;
  readonly outcome: "passed" | "failed" | "skipped";
  readonly detail: string;
  readonly seconds: number;
}

export interface SmokeReport {
  readonly url: string;
  readonly model: string;
  readonly release: string;
  readonly passed: boolean;
  readonly checks: readonly Check[];
}

export interface SmokeOptions {
  /** Predictions that latency and errors are measured with. Default 50. */
  readonly predictions?: number;
  /** 95th percentile, milliseconds. Default 2000. */
  readonly maxP95Ms?: number;
  /** Share of failed predictions, 0 to 1. Default 0. */
  readonly maxErrorRate?: number;
  /** Bytes that server and children may take; not checked where absent. */
  readonly memoryBudgetBytes?: number | undefined;
  /** How long the server may take until it is ready. Default 60,000. */
  readonly readyMs?: number;
  readonly sleep?: (ms: number) => Promise<unknown>;
}

/** The release that must be served: what its manifest pins. */
export interface Expected {
  readonly model: string;
  readonly release: string;
  /** SHA-256 of the files that may answer. */
  readonly digests: ReadonlySet<string>;
  readonly golden: Golden | undefined;
}

/** Reads from a manifest what a server of it must say and answer. */
export function expectedOf(manifest: Manifest, model = manifest.model): Expected {
  const { release, metadata } = manifest;
  if (model === undefined || release === undefined) {
    throw new Error("the manifest does not say its model and release: it is not one of a publish");
  }
  const digests = [...manifest.weights].flatMap(([name, { checksum }]) =>
    name.endsWith(".onnx") && checksum !== undefined ? [checksum] : [],
  );
  const golden = metadata?.golden as JsonObject | undefined;
  return { model, release, digests: new Set(digests), golden: golden && goldenFromJson(golden) };
}

/**
 * Tries a running server: it is ready; what answers is the released version, by its digest (row C12); golden inputs give
 * golden outputs; predictions are fast, do not fail and take no more memory than they may. A check that fails does not
 * stop the others.
 */
export async function smokeTest(
  server: ServerClient,
  expected: Expected,
  options: SmokeOptions = {},
): Promise<SmokeReport> {
  const { model, release, golden } = expected;
  const checks: Check[] = [];
  const check = async (name: string, work: () => Promise<string | Skipped>): Promise<boolean> => {
    const began = performance.now();
    const done = (outcome: Check["outcome"], detail: string): void => {
      checks.push({ name, outcome, detail, seconds: (performance.now() - began) / 1000 });
    };
    try {
      const found = await work();
      if (typeof found === "string") done("passed", found);
      else done("skipped", found.why);
      return true;
    } catch (error) {
      done("failed", (error as Error).message);
      return false;
    }
  };

  const isReady = await check("the server is ready", () => untilReady(server, options));
  if (isReady) {
    await check("it serves the released bytes", () => servesRelease(server, expected));
    await check("golden inputs give golden outputs", async () => {
      if (!golden) return noGolden;
      for (const [index, { input, output }] of golden.cases.entries()) {
        const answer = await server.predict(model, input, output.kind);
        expectRelease(answer, expected);
        const difference = compareOutputs(output, answer.output, golden.tolerance);
        if (difference !== undefined) throw new Error(`case ${index + 1}: ${difference}`);
      }
      return `${golden.cases.length} of ${golden.cases.length}`;
    });
    await check("predictions are fast and do not fail", () => manyTimes(server, expected, options));
    await check("memory stays in its budget", async () => {
      const { memoryBudgetBytes } = options;
      const bytes = await server.memoryBytes();
      const megabytes = `${(bytes / 1e6).toFixed(0)} MB`;
      if (memoryBudgetBytes === undefined) return { why: `${megabytes}; no budget was given` };
      if (bytes <= memoryBudgetBytes) return megabytes;
      throw new Error(`${megabytes}, at most ${(memoryBudgetBytes / 1e6).toFixed(0)} MB`);
    });
  }
  const passed = checks.every(({ outcome }) => outcome !== "failed");
  return { url: server.url, model, release, passed, checks };
}

interface Skipped {
  readonly why: string;
}
const noGolden: Skipped = { why: "the metadata of the release has no golden inputs" };

async function untilReady(server: ServerClient, options: SmokeOptions): Promise<string> {
  const { readyMs = 60_000 } = options;
  const wait = options.sleep ?? sleep;
  const began = performance.now();
  while (!(await server.ready())) {
    if (performance.now() - began > readyMs) {
      throw new Error(`${server.url}: not ready within ${readyMs / 1000} s`);
    }
    await wait(200);
  }
  return `${server.url} after ${((performance.now() - began) / 1000).toFixed(1)} s`;
}

function expectRelease({ version, digest }: Answer, { release, digests }: Expected): void {
  if (version !== release) throw new Error(`${version} answers, not ${release}`);
  if (digests.has(digest)) return;
  throw new Error(`the bytes ${digest.slice(0, 12)}… answer, which are not those of ${release}`);
}

async function servesRelease(server: ServerClient, expected: Expected): Promise<string> {
  const { golden, model, release, digests } = expected;
  const [first] = golden?.cases ?? [];
  if (first !== undefined) {
    const answer = await server.predict(model, first.input, first.output.kind);
    expectRelease(answer, expected);
    return `${release}, ${answer.digest.slice(0, 12)}…`;
  }
  // Without an input that is known to fit, what the server says of itself must do.
  await server.json("POST", `/v2/repository/models/${model}/load`, {}).catch(() => undefined);
  const served = await server.model(model);
  const version = served?.serving[0];
  if (version === undefined)
    throw new Error(`${model} is not loaded, and the release has no golden input to try`);
  expectRelease(
    {
      version,
      digest: served?.digest ?? "",
      output: { kind: "tensors", tensors: [] },
      milliseconds: 0,
    },
    { release, digests, model, golden },
  );
  return `${release}, ${served?.digest?.slice(0, 12)}…`;
}

async function manyTimes(
  server: ServerClient,
  { model, golden }: Expected,
  options: SmokeOptions,
): Promise<string | Skipped> {
  const { predictions = 50, maxP95Ms = 2000, maxErrorRate = 0 } = options;
  const cases = golden?.cases ?? [];
  if (cases.length === 0) return noGolden;
  const times: number[] = [];
  let failed = 0;
  for (let index = 0; index < predictions; index += 1) {
    const one = cases[index % cases.length];
    if (one === undefined) break;
    try {
      times.push((await server.predict(model, one.input, one.output.kind)).milliseconds);
    } catch (error) {
      failed += 1;
      // Nothing that follows makes it pass: a server that is gone is not asked the rest.
      if (failed / predictions > maxErrorRate) {
        throw new Error(`${failed} of ${index + 1} failed: ${(error as Error).message}`, {
          cause: error,
        });
      }
    }
  }
  const p95 = percentile(times, 0.95);
  const said = `${predictions} predictions, ${failed} failed, 95 % within ${p95.toFixed(0)} ms`;
  if (p95 > maxP95Ms) throw new Error(`${said}, at most ${maxP95Ms} ms`);
  return said;
}

function percentile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Infinity;
}
