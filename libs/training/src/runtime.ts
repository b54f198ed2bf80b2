import { encodeModel, type Model } from "@plimsoll/inference";
import type * as Onnxruntime from "onnxruntime-node";
import type { InferenceSession, Tensor } from "onnxruntime-node";
import { TrainingError } from "./error.ts";

/** Values of a float32 or int64 tensor with its shape. */
export interface Values {
  readonly data: Float32Array | BigInt64Array;
  readonly dims: readonly number[];
}

/** A model that runs in this process. Runs block the thread. */
export interface Running {
  readonly inputs: readonly {
    readonly name: string;
    readonly type: string;
    readonly shape: readonly (number | string)[];
  }[];
  readonly outputs: readonly {
    readonly name: string;
    readonly type: string;
    readonly shape: readonly (number | string)[];
  }[];
  run(
    feeds: Readonly<Record<string, Values>>,
    wanted?: readonly string[],
  ): Promise<Record<string, Values>>;
  close(): Promise<void>;
}

/** How onnxruntime is started. */
export interface RunOptions {
  /** Default 1: the caller shares the machine by processes. */
  readonly threads?: number;
}

/**
 * Starts onnxruntime, loaded on first use, on a model or on the file at a path (needed for external data).
 *
 * @throws TrainingError `E_MODEL` when it refuses the model.
 */
export async function startModel(
  source: Model | string,
  options: RunOptions = {},
): Promise<Running> {
  process.env["ORT_DISABLE_TELEMETRY"] ??= "1";
  const ort = await import("onnxruntime-node");
  const settings: InferenceSession.SessionOptions = {
    intraOpNumThreads: options.threads ?? 1,
    graphOptimizationLevel: "all",
    logSeverityLevel: 3,
    extra: { session: { intra_op: { allow_spinning: "0" } } },
  };
  let session: InferenceSession;
  try {
    session =
      typeof source === "string"
        ? await ort.InferenceSession.create(source, settings)
        : await ort.InferenceSession.create(encodeModel(source), settings);
  } catch (cause) {
    const name = typeof source === "string" ? source : (source.graph?.name ?? "model");
    throw new TrainingError("E_MODEL", `${name}: onnxruntime refuses it (${reason(cause)})`, {
      cause,
    });
  }
  const describe = (all: InferenceSession["inputMetadata"]): Running["inputs"] =>
    all.map((each) =>
      each.isTensor
        ? { name: each.name, type: each.type, shape: each.shape }
        : { name: each.name, type: "other", shape: [] },
    );
  return {
    inputs: describe(session.inputMetadata),
    outputs: describe(session.outputMetadata),
    async run(feeds, wanted) {
      const tensors = Object.fromEntries(
        Object.entries(feeds).map(([name, { data, dims }]) => [name, tensor(ort, data, dims)]),
      );
      const answer = await (wanted === undefined
        ? session.run(tensors)
        : session.run(tensors, wanted));
      return Object.fromEntries(
        Object.entries(answer).map(([name, { data, dims }]) => [
          name,
          { data: data as Float32Array, dims },
        ]),
      );
    },
    close: () => session.release(),
  };
}

function tensor(
  ort: typeof Onnxruntime,
  data: Float32Array | BigInt64Array,
  dims: readonly number[],
): Tensor {
  return data instanceof BigInt64Array
    ? new ort.Tensor("int64", data, dims)
    : new ort.Tensor("float32", data, dims);
}

const reason = (cause: unknown): string =>
  (cause instanceof Error ? cause.message : String(cause)).slice(0, 300);
