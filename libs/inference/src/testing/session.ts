import type { NamedTensor, TensorInfo } from "../tensor.ts";

/** A model run in this process, as tests of pipelines do it; serving runs them in children. */
export interface TestSession {
  readonly inputs: readonly TensorInfo[];
  readonly outputs: readonly TensorInfo[];
  run(feeds: readonly NamedTensor[]): Promise<NamedTensor[]>;
  close(): Promise<void>;
}

const typeNames = { float32: "FP32", uint8: "UINT8", int64: "INT64", string: "BYTES" } as const;
type RuntimeType = keyof typeof typeNames;

/** Loads an ONNX file with onnxruntime, without telemetry. */
export async function testSession(bytes: Uint8Array): Promise<TestSession> {
  process.env["ORT_DISABLE_TELEMETRY"] = "1";
  const { InferenceSession, Tensor } = await import("onnxruntime-node");
  const session = await InferenceSession.create(bytes, { intraOpNumThreads: 1 });
  const describe = (list: typeof session.inputMetadata): readonly TensorInfo[] =>
    list.map((info) => {
      if (!info.isTensor) throw new Error(`${info.name} is no tensor`);
      const shape = info.shape.map((size) => (typeof size === "number" ? size : -1));
      return { name: info.name, type: typeNames[info.type as RuntimeType], shape };
    });
  const feed = ({ type, data, shape }: NamedTensor): InstanceType<typeof Tensor> => {
    if (!("byteLength" in data)) return new Tensor("string", [...data], shape);
    if (type === "UINT8") return new Tensor("uint8", data, shape);
    return new Tensor("float32", new Float32Array(data.slice().buffer), shape);
  };
  return {
    inputs: describe(session.inputMetadata),
    outputs: describe(session.outputMetadata),
    async run(feeds) {
      const given = Object.fromEntries(feeds.map((tensor) => [tensor.name, feed(tensor)]));
      const results = await session.run(given);
      return Object.entries(results).map(([name, { type, dims, data }]) => ({
        name,
        type: typeNames[type as RuntimeType],
        shape: dims,
        data: ArrayBuffer.isView(data)
          ? new Uint8Array(data.buffer, data.byteOffset, data.byteLength)
          : (data as string[]),
      }));
    },
    close: () => session.release(),
  };
}
