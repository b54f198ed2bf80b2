import { readFile } from "node:fs/promises";
import {
  decodeModel,
  float32Values,
  InferenceError,
  type ModelConfig,
  type ModelEvent,
  type ModelFiles,
  type Models,
  type ModelStatus,
  type SwapResult,
} from "@plimsoll/inference";
import { sha256 } from "@plimsoll/manifest";

/** Models that can be told to go back, as a bad error rate makes the real ones do. */
export interface FakeModels extends Models {
  takeBack(model: string): void;
}

interface Loaded {
  readonly files: ModelFiles;
  readonly digest: string;
  readonly factor: number;
  readonly width: number;
}

/**
 * Models without children, for tests of what decides which version is loaded: knows `scaleOnnx` only, refuses what is
 * damaged or of another width, and answers ones times the factor.
 */
export function fakeModels(): FakeModels {
  const serving = new Map<string, Loaded>();
  const previously = new Map<string, Loaded>();
  const beside = new Map<string, Map<string, Loaded>>();
  const configs = new Map<string, ModelConfig>();
  const pinned = new Set<string>();
  const listeners = new Set<(event: ModelEvent) => void>();
  let generation = 0;

  const emit = (
    type: "loaded" | "swapped" | "unloaded" | "config",
    model: string,
    version = "",
  ): void => {
    for (const listener of listeners) listener({ at: new Date(), model, version, type });
  };
  const load = async (files: ModelFiles): Promise<Loaded> => {
    const main = files.files.find(({ name }) => name.endsWith(".onnx"));
    if (main === undefined) throw new InferenceError("E_MODEL", "no .onnx file");
    const bytes = await readFile(main.path);
    if (sha256(bytes) !== main.sha256)
      throw new InferenceError("E_DIGEST", `${main.name}: other bytes`);
    try {
      const { graph } = decodeModel(bytes);
      const [factor = NaN] = float32Values(graph?.initializer?.[0] ?? {});
      const width = Number(
        JSON.stringify(graph?.input?.[0]).match(/"dimValue":"?(\d+)/i)?.[1] ?? 2,
      );
      return { files, digest: main.sha256, factor, width };
    } catch (cause) {
      throw new InferenceError("E_MODEL", `${main.name}: no model`, { cause });
    }
  };

  return {
    async swap(files, { force = false, signal } = {}): Promise<SwapResult> {
      const previous = serving.get(files.model);
      const loaded = await load(files);
      signal?.throwIfAborted();
      const isSame = previous?.digest === loaded.digest && previous.files.version === files.version;
      if (previous !== undefined && previous.width !== loaded.width && !force) {
        throw new InferenceError("E_SIGNATURE", `${files.version}: another input`);
      }
      if (!isSame) {
        if (previous !== undefined) previously.set(files.model, previous);
        serving.set(files.model, loaded);
        beside.get(files.model)?.delete(files.version);
        generation += 1;
        emit(previous ? "swapped" : "loaded", files.model, files.version);
      }
      return {
        model: files.model,
        generation,
        version: files.version,
        ...(previous && { previous: previous.files.version }),
        outcome: isSame ? "unchanged" : "swapped",
        plan: "side-by-side",
        durationMs: 0,
      };
    },
    async loadBeside(files) {
      const others = beside.get(files.model) ?? new Map<string, Loaded>();
      beside.set(files.model, others.set(files.version, await load(files)));
    },
    predict(model, _input, { version } = {}) {
      const main = serving.get(model);
      const one =
        version === undefined || version === main?.files.version
          ? main
          : beside.get(model)?.get(version);
      if (one === undefined) return Promise.reject(new InferenceError("E_USAGE", "not loaded"));
      const data = new Uint8Array(Float32Array.of(one.factor, one.factor).buffer);
      const tensors = [{ name: "y", type: "FP32", shape: [1, 2], data } as const];
      const output = { kind: "tensors", tensors } as const;
      const { version: answered } = one.files;
      return Promise.resolve({
        model,
        version: answered,
        digest: one.digest,
        output,
        durationMs: 0,
        queuedMs: 0,
      });
    },
    configure(model, config) {
      const bad = config.confidence_threshold ?? 0;
      if (!(bad >= 0 && bad <= 1)) throw new InferenceError("E_USAGE", "confidence_threshold");
      configs.set(model, config);
      emit("config", model);
    },
    pin: (model, isPinned) => void (isPinned ? pinned.add(model) : pinned.delete(model)),
    unload(model, version) {
      if (version === undefined || serving.get(model)?.files.version === version) {
        serving.delete(model);
      }
      if (version === undefined) beside.delete(model);
      else beside.get(model)?.delete(version);
      emit("unloaded", model, version);
      return Promise.resolve();
    },
    status: () =>
      [...serving].map(([model, main]): ModelStatus => ({
        model,
        generation,
        serving: main.files.version,
        pinned: pinned.has(model),
        queued: 0,
        config: configs.get(model) ?? {},
        versions: [main, ...(beside.get(model)?.values() ?? [])].map(({ files, digest }) => ({
          version: files.version,
          digest,
          state: "ready",
          inputs: [],
          outputs: [],
          requests: 0,
          errors: 0,
          latency: { p50: 0, p95: 0, p99: 0 },
        })),
      })),
    listen(listener) {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
    takeBack(model) {
      const [bad, good] = [serving.get(model), previously.get(model)];
      if (bad === undefined || good === undefined) throw new Error("nothing to go back to");
      const { version } = bad.files;
      const told = { at: new Date(), model, version, code: "E_OUTPUT", message: "not finite" };
      for (const listener of listeners) listener({ ...told, type: "rolled-back" });
      serving.set(model, good);
      emit("swapped", model, good.files.version);
    },
    close: () => Promise.resolve(),
  };
}
