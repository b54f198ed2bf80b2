import { createHash } from "node:crypto";
import { access, mkdir, open, readFile, rename, rm } from "node:fs/promises";
import { join } from "node:path";
import { InferenceError } from "../error.ts";
import type { ModelFile } from "../model-files.ts";
import { decodeModel, encodeModel } from "../onnx/codec.ts";
import type { Tensor } from "../onnx/message.ts";

/** Writes a file whole or not at all: what others have mapped is never changed in place. */
async function place(path: string, bytes: Uint8Array): Promise<void> {
  const temporary = `${path}.${process.pid}.tmp`;
  try {
    const file = await open(temporary, "wx");
    try {
      await file.writeFile(bytes);
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(temporary, path);
  } catch (cause) {
    await rm(temporary, { force: true });
    throw cause;
  }
}

async function exists(path: string): Promise<boolean> {
  try {
    await access(path);
    return true;
  } catch {
    return false;
  }
}

/**
 * Writes the weights of an `.onnx` file of at least `minBytes` each into files of their own, named by their SHA-256, and
 * the model without them beside: equal weights of several versions become one file, which the system maps once.
 * The same graph, nodes and values; the same file gives the same bytes.
 *
 * Holds the whole model in memory while it works.
 *
 * @throws InferenceError `E_MODEL` for what is no ONNX model, `E_DIGEST` where it is not the named one.
 */
export async function externalizeFile(
  main: ModelFile,
  dir: string,
  minBytes: number,
): Promise<readonly ModelFile[]> {
  const bytes = new Uint8Array(await readFile(main.path));
  if (createHash("sha256").update(bytes).digest("hex") !== main.sha256) {
    throw new InferenceError("E_DIGEST", `${main.name}: not the bytes that were named: sync again`);
  }
  const model = decodeModel(bytes, { source: main.name });
  await mkdir(dir, { recursive: true });
  const weights = new Map<string, ModelFile>();
  const initializer: Tensor[] = [];
  for (const tensor of model.graph.initializer ?? []) {
    const { rawData, ...rest } = tensor;
    if (rawData === undefined || rawData.byteLength < minBytes) {
      initializer.push(tensor);
      continue;
    }
    const sha256 = createHash("sha256").update(rawData).digest("hex");
    const name = `${sha256}.bin`;
    const path = join(dir, name);
    const size = rawData.byteLength;
    if (!weights.has(name) && !(await exists(path))) await place(path, rawData);
    weights.set(name, { name, path, size, sha256 });
    initializer.push({
      ...rest,
      dataLocation: 1,
      externalData: [
        { key: "location", value: name },
        { key: "offset", value: "0" },
        { key: "length", value: String(size) },
      ],
    });
  }
  const light = encodeModel({ ...model, graph: { ...model.graph, initializer } });
  const name = `${main.sha256}.onnx`;
  const path = join(dir, name);
  await place(path, light);
  const sha256 = createHash("sha256").update(light).digest("hex");
  return [{ name, path, size: light.byteLength, sha256 }, ...weights.values()];
}
