import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { openCache } from "@plimsoll/cache";
import {
  encodeModel,
  float32Tensor,
  model,
  type Models,
  node,
  openModels,
  type Prediction,
  valueInfo,
} from "@plimsoll/inference";
import { tempDir } from "@plimsoll/testing";
import { publishWeights } from "@plimsoll/weights";
import type { Serving } from "../../serving.ts";
import { fakeModels } from "./fake-models.ts";
import { openServing } from "../open-serving.ts";
import type { ServingOptions } from "../serving-options.ts";

/** `y = x · factor` on `[batch, width]`: the answer tells which version gave it. */
export function scaleOnnx(factor: number, width = 2): Uint8Array {
  return encodeModel(
    model({
      name: "scale",
      nodes: [node("Mul", ["x", "factor"], ["y"])],
      initializers: [float32Tensor("factor", [], [factor])],
      inputs: [valueInfo("x", ["batch", width])],
      outputs: [valueInfo("y", ["batch", width])],
    }),
  );
}

/** What `x = [1, 1]` asks. */
export const ones = {
  kind: "tensors",
  tensors: [
    { name: "x", type: "FP32", shape: [1, 2], data: new Uint8Array(Float32Array.of(1, 1).buffer) },
  ],
} as const;

/** The factor of the version that answered `ones`. */
export function factorOf({ output }: Prediction): number {
  if (output.kind !== "tensors") throw new Error("no tensors");
  const data = output.tensors[0]?.data;
  if (!(data instanceof Uint8Array)) throw new Error("no numbers");
  return new DataView(data.buffer, data.byteOffset).getFloat32(0, true);
}

/** A server's inside over a folder store, and a publisher beside it. */
export interface ServingBench extends AsyncDisposable {
  readonly dir: string;
  readonly store: string;
  readonly lines: string[];
  readonly serving: Serving;
  readonly models: Models;
  join(...segments: readonly string[]): string;
  /** Publishes `scale` with this factor, or these bytes. */
  publish(
    release: string,
    content: number | Uint8Array,
    more?: { readonly model?: string; readonly channel?: string },
  ): Promise<void>;
  ask(model?: string): Promise<number>;
  /** A further server on the same disk, or on a disk of its own: `state` names it. */
  open(options?: BenchOptions): Promise<Opened>;
}

/** `real`: models in children; default: `fakeModels`. */
export type BenchOptions = Partial<ServingOptions> & {
  readonly state?: string;
  readonly real?: boolean;
};

export interface Opened {
  readonly serving: Serving;
  readonly models: Models;
  close(): Promise<void>;
}

export async function servingBench(options: BenchOptions = {}): Promise<ServingBench> {
  const dir = await tempDir();
  const store = `file://${dir.join("store")}`;
  await mkdir(dir.join("store"));
  const lines: string[] = [];
  const opened: Opened[] = [];
  const open: ServingBench["open"] = async (others = {}) => {
    const { state = "state", real = false, ...more } = { ...options, ...others };
    const models = real
      ? openModels({ stateDir: dir.join(state, "inference"), drainMs: 2_000 })
      : fakeModels();
    const cache = await openCache({ dir: dir.join(state, "cache"), env: {} });
    const serving = await openServing({
      models,
      cache,
      store,
      env: {},
      manifest: false,
      localDir: dir.join("local"),
      pollMs: 50,
      heartbeatMs: 5_000,
      waitMs: 5_000,
      log: (line) => lines.push(line),
      ...more,
    });
    let isClosed = false;
    const one = {
      serving,
      models,
      async close() {
        if (isClosed) return;
        isClosed = true;
        await serving.close();
        await models.close({ drainMs: 500 });
      },
    };
    opened.push(one);
    return one;
  };
  const { serving, models } = await open();
  return {
    dir: dir.path,
    join: dir.join,
    store,
    lines,
    serving,
    models,
    open,
    async publish(release, content, { model: name = "scale", channel } = {}) {
      const from = dir.join("publish", name, release);
      await mkdir(from, { recursive: true });
      const bytes = typeof content === "number" ? scaleOnnx(content) : content;
      await writeFile(join(from, `${name}.onnx`), bytes);
      await writeFile(join(from, "metadata.json"), JSON.stringify({ task: "tensor" }));
      await publishWeights({
        from: [from],
        to: [store],
        release,
        model: name,
        cache: false,
        env: {},
        ...(channel !== undefined && { channel }),
      });
    },
    ask: async (name = "scale") => factorOf(await serving.predict({ model: name, input: ones })),
    async [Symbol.asyncDispose]() {
      for (const one of opened) await one.close();
      await dir.remove();
    },
  };
}

/** Waits until something holds, looked at every 20 ms; throws after `limitMs`. */
export async function until(
  holds: () => boolean | Promise<boolean>,
  limitMs = 10_000,
): Promise<void> {
  const end = Date.now() + limitMs;
  while (!(await holds())) {
    if (Date.now() > end) throw new Error("it never came to that");
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}
