import { createHash } from "node:crypto";
import type { ModelInput, ModelOutput, NamedTensor, Prediction } from "@plimsoll/inference";
import type { FanOut } from "./fan-out.ts";

/** Answers kept by what was asked, of which bytes of which version, under which configuration. */
export interface PredictionCache {
  /** The kept answer, or a fresh one, which is kept. */
  through(
    asked: {
      /** Of the main file, as answers name it, and of the whole version. */
      readonly digest: string;
      readonly versionDigest: string;
      readonly config: object;
      readonly input: ModelInput;
    },
    predict: () => Promise<Prediction>,
  ): Promise<Prediction>;
}

/** Larger answers are not worth keeping. */
const maxBytes = 256 * 1024;

/** Keeps answers for `seconds`. One that cannot be read is asked for again. */
export function predictionCache(fanOut: FanOut, seconds: number): PredictionCache {
  return {
    async through({ digest, versionDigest, config, input }, predict) {
      const startedAt = performance.now();
      const key = `answer:${versionDigest}:${inputDigest(input, config)}`;
      const kept = parse(await fanOut.get(key));
      if (kept !== undefined) {
        return { ...kept, durationMs: performance.now() - startedAt, queuedMs: 0 };
      }
      const fresh = await predict();
      // A swap may have happened meanwhile: only the answer of the version that was asked for is kept.
      if (fresh.digest === digest) {
        const text = JSON.stringify(fresh, packTensor);
        if (text.length <= maxBytes) await fanOut.set(key, text, seconds);
      }
      return fresh;
    },
  };
}

function inputDigest(input: ModelInput, config: object): string {
  const hash = createHash("sha256").update(JSON.stringify(config));
  const add = (text: string | Uint8Array): void => {
    hash.update(`\n${text.length}\n`).update(text);
  };
  switch (input.kind) {
    case "image":
      add(`image ${input.confidence ?? ""}`);
      add(input.bytes);
      break;
    case "audio":
      add("audio");
      add(input.bytes);
      break;
    case "text":
      add("text");
      add(input.text);
      break;
    case "tensors":
      add(`tensors ${JSON.stringify(input.outputs ?? null)}`);
      for (const { name, type, shape, data } of input.tensors) {
        add(JSON.stringify([name, type, shape]));
        add(data instanceof Uint8Array ? data : JSON.stringify(data));
      }
  }
  return hash.digest("hex");
}

const packTensor = (_name: string, value: unknown): unknown =>
  ArrayBuffer.isView(value)
    ? {
        base64: Buffer.from(value.buffer, value.byteOffset, value.byteLength).toString("base64"),
      }
    : value;

function parse(text: string | undefined): Prediction | undefined {
  if (text === undefined) return undefined;
  try {
    const kept = JSON.parse(text) as Prediction;
    return { ...kept, output: unpack(kept.output) };
  } catch {
    return undefined;
  }
}

function unpack(output: ModelOutput): ModelOutput {
  if (output.kind !== "tensors") return output;
  const tensors = output.tensors.map((tensor): NamedTensor => {
    const { base64 } = tensor.data as { readonly base64?: string };
    return base64 === undefined ? tensor : { ...tensor, data: Buffer.from(base64, "base64") };
  });
  return { ...output, tensors };
}
