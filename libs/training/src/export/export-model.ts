import { encodeModel, type Model, type ModelFile, valueInfo } from "@plimsoll/inference";
import { sha256 } from "@plimsoll/manifest";
import { mkdir, rename, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Backbone } from "../backbone/backbone.ts";
import type { Head } from "../head/head.ts";
import type { TrainingTask } from "../run/train-options.ts";
import { externalise } from "./externalise.ts";
import { writeHead } from "./write-head.ts";

/** What `exportModel` takes. */
export interface ExportOptions {
  /** The graph's name. */
  readonly model: string;
  readonly task: TrainingTask;
  readonly backbone: Backbone;
  readonly head: Head;
  /** By index of the output. */
  readonly classes: readonly string[];
  /** Facts of the training that travel in the file; none may change between equal trainings (no times). */
  readonly facts: Readonly<Record<string, string | number>>;
  readonly outDir: string;
}

/**
 * Writes backbone and head as one model: `model.onnx` with the graph and the head, `backbone-<sha16>.bin` beside it with
 * the frozen weights. The same parts give the same bytes; another head on the same backbone changes `model.onnx` only.
 */
export async function exportModel(options: ExportOptions): Promise<ModelFile[]> {
  const { backbone, head, classes, outDir } = options;
  const graph = backbone.model.graph ?? {};
  const { tensors, file } = externalise(graph.initializer ?? [], "backbone");
  const added = writeHead(head);
  const { input } = backbone;
  const metadata: Record<string, string> = {
    labels: JSON.stringify(classes),
    task: options.task,
    ...(input.kind === "waveform" ? { sample_rate: String(input.sampleRate) } : {}),
    backbone_sha256: backbone.sha256,
    training: JSON.stringify(options.facts),
  };
  const whole: Model = {
    ...backbone.model,
    graph: {
      ...graph,
      name: options.model,
      node: [...(graph.node ?? []), ...added.nodes],
      initializer: [...tensors, ...added.initializers],
      output: [valueInfo("probabilities", ["batch", classes.length])],
    },
    metadataProps: [
      ...(backbone.model.metadataProps ?? []),
      ...Object.entries(metadata).map(([key, value]) => ({ key, value })),
    ],
  };
  await mkdir(outDir, { recursive: true });
  const files = [await put(outDir, "model.onnx", encodeModel(whole))];
  if (file) files.push(await put(outDir, file.name, file.bytes));
  return files;
}

/** Writes a file beside its place and moves it there: a mapped one must never change under its reader. */
async function put(dir: string, name: string, bytes: Uint8Array): Promise<ModelFile> {
  const path = join(dir, name);
  await writeFile(`${path}.partial`, bytes);
  await rename(`${path}.partial`, path);
  return { name, path, size: bytes.length, sha256: sha256(bytes) };
}
