import { createRequire } from "node:module";
import type { InferenceSession } from "onnxruntime-node";
import { InferenceError } from "../error.ts";
import type { SessionSettings } from "../settings.ts";
import type { NamedTensor, TensorInfo, TensorType } from "../tensor.ts";
import { fromOrt, type Ort, toOrt, typeOf } from "./ort-tensor.ts";

/** One ONNX file, loaded. */
export interface OrtSession {
  readonly inputs: readonly TensorInfo[];
  readonly outputs: readonly TensorInfo[];
  /** `wanted`: names of outputs; all where absent. @throws Error of the runtime, with its words. */
  run(feeds: readonly NamedTensor[], wanted?: readonly string[]): Promise<readonly NamedTensor[]>;
}

type Metadata = InferenceSession["inputMetadata"];

function infos(metadata: Metadata, what: string): readonly TensorInfo[] {
  return metadata.map((each) => {
    const type: TensorType | undefined = each.isTensor ? typeOf(each.type) : undefined;
    if (!each.isTensor || type === undefined) {
      throw new InferenceError(
        "E_MODEL",
        `${what} ${each.name} is no tensor of a type that can be served: export the model with tensors only`,
      );
    }
    const shape = each.shape.map((size) => (typeof size === "number" ? size : -1));
    return { name: each.name, type, shape };
  });
}

/** Options of the runtime. A key with the value `undefined` is refused by it, so there is none. */
export function sessionOptions(settings: SessionSettings): InferenceSession.SessionOptions {
  return {
    intraOpNumThreads: settings.threads,
    interOpNumThreads: 1,
    executionMode: "sequential",
    graphOptimizationLevel: settings.optimization,
    enableCpuMemArena: settings.arena,
    // Fatal only: what fails is thrown, and need not be printed besides.
    logSeverityLevel: 4,
    extra: {
      session: {
        intra_op: { allow_spinning: settings.spinning ? "1" : "0" },
        inter_op: { allow_spinning: "0" },
        disable_prepacking: settings.prepacking ? "0" : "1",
      },
    },
  };
}

/**
 * Loads an ONNX file by its absolute path: from a buffer, external data would be looked for in the current folder
 * (row O3). Blocks this thread while it loads and while it runs: only ever called in a child process.
 */
export async function openSession(path: string, settings: SessionSettings): Promise<OrtSession> {
  // A CommonJS module with a native part: required, so that it is found from sources and from built code alike.
  const ort = createRequire(import.meta.url)("onnxruntime-node") as Ort;
  const session = await ort.InferenceSession.create(path, sessionOptions(settings));
  const outputs = infos(session.outputMetadata, "output");
  return {
    inputs: infos(session.inputMetadata, "input"),
    outputs,
    async run(feeds, wanted) {
      const given = Object.fromEntries(feeds.map((feed) => [feed.name, toOrt(ort, feed)]));
      const names = wanted ?? outputs.map(({ name }) => name);
      const results = await session.run(given, names);
      return names.flatMap((name) => {
        const tensor = results[name];
        return tensor === undefined ? [] : [fromOrt(name, tensor)];
      });
    },
  };
}
