import { decodeModel, encodeModel, type Model, type Tensor } from "@plimsoll/inference";
import { randomUUID } from "node:crypto";
import { mkdir, readFile, rename, writeFile } from "node:fs/promises";
import { dirname, join, sep } from "node:path";
import { TrainingError } from "../error.ts";
import { type Backbone, backbone, type BackboneFacts, factsKey } from "./backbone.ts";

/** Writes a backbone to one file, weights inside: what workers of one run share. */
export async function writeBackbone(path: string, frozen: Backbone): Promise<void> {
  await mkdir(dirname(path), { recursive: true });
  const temporary = `${path}.${randomUUID()}`;
  await writeFile(temporary, encodeModel(frozen.model));
  await rename(temporary, path);
}

/**
 * Reads the backbone of a file that `writeBackbone` or an export of this room wrote. Of a whole version the head is cut
 * off.
 *
 * @throws TrainingError `E_MODEL` for a model without such a backbone.
 */
export async function readBackbone(path: string): Promise<Backbone> {
  const read = await readModel(path);
  const facts = read.metadataProps?.find(({ key }) => key === factsKey)?.value;
  if (facts === undefined) {
    throw new TrainingError("E_MODEL", `${path}: no backbone of ours: name one with \`backbone\``);
  }
  const graph = read.graph ?? {};
  const ours = (name = ""): boolean => !name.startsWith("head/") && name !== "probabilities";
  const cut: Model = {
    ...read,
    graph: {
      ...graph,
      name: "backbone",
      node: (graph.node ?? []).filter(({ output = [] }) => output.every(ours)),
      initializer: (graph.initializer ?? []).filter(({ name }) => ours(name)),
      output: [{ name: "features", type: { tensorType: { elemType: 1 } } }],
    },
  };
  return backbone({ ...(JSON.parse(facts) as BackboneFacts), model: cut });
}

/**
 * Reads an `.onnx` file with its external data put into it.
 *
 * @throws TrainingError `E_MODEL` for data that lies elsewhere than beside it or is cut off.
 */
export async function readModel(path: string): Promise<Model> {
  const model = decodeModel(await readFile(path), { source: path });
  const files = new Map<string, Uint8Array>();
  const initializer: Tensor[] = [];
  for (const tensor of model.graph.initializer ?? []) {
    if (tensor.dataLocation !== 1) {
      initializer.push(tensor);
      continue;
    }
    const entry = (key: string): string | undefined =>
      tensor.externalData?.find((each) => each.key === key)?.value;
    const location = entry("location") ?? "";
    if (location === "" || location.includes("/") || location.includes(sep) || location === "..") {
      throw new TrainingError(
        "E_MODEL",
        `${path}: external data at ${JSON.stringify(location)} is not beside it`,
      );
    }
    const bytes = files.get(location) ?? (await readFile(join(dirname(path), location)));
    files.set(location, bytes);
    const offset = Number(entry("offset") ?? 0);
    const length = Number(entry("length") ?? bytes.length - offset);
    if (offset + length > bytes.length) {
      throw new TrainingError(
        "E_MODEL",
        `${location}: ends before the weights of ${tensor.name ?? "a tensor"}`,
      );
    }
    const { externalData: _data, dataLocation: _location, ...plain } = tensor;
    initializer.push({ ...plain, rawData: bytes.subarray(offset, offset + length) });
  }
  return { ...model, graph: { ...model.graph, initializer } };
}
