import { sha256 } from "@plimsoll/manifest";
import { join } from "node:path";
import type { TrainModelOptions } from "./train-options.ts";

export const trainModelDefaults = {
  copies: 6,
  patience: 8,
  seed: 1,
  holdOut: 0.2,
  headEpochs: 60,
  convnetEpochs: 40,
} as const;

/** Options of a run with what their defaults are. */
export type RunSettings = TrainModelOptions &
  Required<
    Pick<
      TrainModelOptions,
      "copies" | "patience" | "seed" | "holdOut" | "head" | "epochs" | "featureCacheDir"
    >
  > & {
    /** Digest of the samples and their labels. */
    readonly dataset: string;
    /** Digest of everything that decides the result. */
    readonly fingerprint: string;
  };

const digestOf = (value: unknown): string =>
  sha256(new TextEncoder().encode(JSON.stringify(value)));

/** Fills in defaults and names the run by what decides its result. */
export function runSettings(options: TrainModelOptions): RunSettings {
  const { backbone, task, samples, previous } = options;
  const head =
    options.head ?? (task === "image-classification" && !backbone ? "convnet" : "softmax");
  const convnet = head === "convnet";
  const filled = {
    copies: options.copies ?? trainModelDefaults.copies,
    patience: options.patience ?? trainModelDefaults.patience,
    seed: options.seed ?? trainModelDefaults.seed,
    holdOut: options.holdOut ?? trainModelDefaults.holdOut,
    epochs: options.epochs ?? trainModelDefaults[convnet ? "convnetEpochs" : "headEpochs"],
    head,
  };
  const dataset = digestOf(
    samples
      .map(({ id, class: label, sha256: digest, original, side }) => [
        digest,
        label,
        original,
        side,
        id,
      ])
      .toSorted((a, b) => (String(a[4]) < String(b[4]) ? -1 : 1)),
  );
  const before = previous?.files.map(({ sha256: digest }) => digest).toSorted();
  return {
    ...options,
    ...filled,
    featureCacheDir: options.featureCacheDir ?? join(options.workDir, "features"),
    dataset,
    fingerprint: digestOf([options.model, task, dataset, filled, backbone, before]),
  };
}
