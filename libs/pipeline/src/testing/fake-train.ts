import { mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { sha256 } from "@plimsoll/manifest";
import type { Train } from "../runs/run-context.ts";

/**
 * A training for tests that learns nothing: its model is a small file that depends on the samples, and its accuracy is
 * what `PLIMSOLL_TEST_ACCURACY` says. It fails by name for a file that begins with `RIFFbad`.
 */
export const trainModel: Train = async (options) => {
  const { outDir, samples, model, onProgress, previous, lineage } = options;
  await mkdir(outDir, { recursive: true });
  const problems: { sample: string; code: "E_INPUT"; message: string }[] = [];
  const digests: string[] = [];
  for (const [index, { id, path, class: label, sha256: digest }] of samples.entries()) {
    options.signal?.throwIfAborted();
    const bytes = await readFile(path);
    if (bytes.subarray(40, 43).toString("latin1") === "bad") {
      problems.push({ sample: id, code: "E_INPUT", message: `${id}: is no sound` });
    } else digests.push(`${label} ${digest}`);
    onProgress?.({ stage: "decode", done: index + 1, total: samples.length });
    const waitMs = Number(process.env["PLIMSOLL_TEST_TRAIN_MS"] ?? 0);
    if (waitMs > 0) await new Promise((resolve) => setTimeout(resolve, waitMs));
  }
  const accuracy = Number(process.env["PLIMSOLL_TEST_ACCURACY"] ?? 0.9);
  onProgress?.({ stage: "train", done: 1, total: 1, epoch: 1, loss: 0.5, accuracy });
  const classes = [...new Set(samples.map(({ class: label }) => label))].sort();
  const parts = [
    { name: "backbone-0001.bin", bytes: Buffer.alloc(200_000, 7) },
    { name: "model.json", bytes: Buffer.from(JSON.stringify({ classes, digests })) },
  ];
  const files = [];
  for (const { name, bytes } of parts) {
    await writeFile(join(outDir, name), bytes);
    files.push({ name, path: join(outDir, name), size: bytes.length, sha256: sha256(bytes) });
  }
  const card = join(outDir, "model-card.md");
  await writeFile(card, `# ${model}\n`);
  const one = {
    samples: 10,
    accuracy,
    macroF1: accuracy,
    worstRecall: accuracy,
    classes: [],
    confusion: [],
    calibrationError: 0.1,
    reliability: [],
    logLoss: 0.3,
  };
  const metadata = {
    task: options.task,
    classes,
    accuracy,
    metrics: { macro_f1: accuracy },
    dataset: { ...lineage },
  };
  return {
    files,
    documents: [card],
    version: { model, version: "local", files },
    metadata,
    metrics: one,
    ...(previous && { previousMetrics: one }),
    gate: {
      passed: accuracy >= (options.gate?.minAccuracy ?? 0),
      reasons: accuracy >= (options.gate?.minAccuracy ?? 0) ? [] : [`accuracy ${accuracy} is low`],
    },
    confusion: classes.map((_, row) => classes.map((__, column) => Number(row === column))),
    curves: [{ epoch: 1, loss: 0.5, validationAccuracy: accuracy }],
    problems,
    seconds: { train: 0.1 },
  };
};
