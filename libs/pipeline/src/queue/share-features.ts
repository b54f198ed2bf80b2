import { mkdir, rm } from "node:fs/promises";
import { join } from "node:path";
import { collectBytes } from "@plimsoll/manifest";
import { fileSource } from "@plimsoll/storage";
import type * as Training from "@plimsoll/training";
import type { RunContext } from "../runs/run-context.ts";
import { codeOf } from "../samples/read-json.ts";
import { type FeaturePart, partKeys, readPlan, writeJson } from "./feature-part.ts";
import { HandOver } from "./hand-over.ts";
import { unpackFiles } from "./pack-files.ts";

/** What of the training room is needed to share its work. */
export type TrainingRoom = Pick<
  typeof Training,
  | "chooseBackbone"
  | "extractFeatures"
  | "readBackbone"
  | "splitSamples"
  | "trainModelDefaults"
  | "writeBackbone"
>;

export interface ShareOptions {
  readonly room: TrainingRoom;
  /** Samples of one part; default 50. */
  readonly partSamples?: number;
  /** Fewer samples than that are not worth sharing; default 100. */
  readonly minSamples?: number;
}

const maxPartBytes = 1024 * 1024 * 1024;

/**
 * The stage `features` of a run whose workers share: the first time it writes backbone and parts to the store and throws
 * `HandOver`; the second time it brings what the others computed. What is missing then is computed by the training.
 */
export function shareFeatures(options: ShareOptions): NonNullable<RunContext["shareFeatures"]> {
  const { room, partSamples = 50, minSamples = 100 } = options;
  return async (context, plan) => {
    const { store, workDir, featureDir, signal } = context;
    const { model, run } = context.record();
    const known = await readPlan(store, model, run);
    if (known !== undefined) {
      for (const [index, part] of known.entries()) {
        signal.throwIfAborted();
        await bring(context, partKeys.features(model, run, part), featureDir);
        context.progress((index + 1) / known.length);
      }
      return;
    }
    const { copies: rows, seed: first, holdOut: share } = room.trainModelDefaults;
    const { head, task, backbone: named, copies = rows, seed = first, holdOut = share } = plan;
    const isConvnet = head === "convnet" || (!head && !named && task === "image-classification");
    if (isConvnet || plan.samples.length < minSamples) return;
    const split = room.splitSamples(plan.samples, { holdOut, seed });
    const backbone = await room.chooseBackbone({ ...plan, seed, signal }, split.train);
    const folder = join(workDir, "share");
    await mkdir(folder, { recursive: true });
    const path = join(folder, "backbone.onnx");
    await room.writeBackbone(path, backbone);
    await store.write(partKeys.backbone(model, run), await fileSource(path), { signal });
    await rm(folder, { recursive: true, force: true });
    const parts: string[] = [];
    for (const side of [
      { samples: split.train, copies },
      { samples: split.validation, copies: 1 },
    ]) {
      for (let from = 0; from < side.samples.length; from += partSamples) {
        const part = String(parts.length).padStart(5, "0");
        const samples = side.samples.slice(from, from + partSamples).map((sample) => ({
          key: sample.id,
          class: sample.class,
          sha256: sample.sha256,
        }));
        const content: FeaturePart = { copies: side.copies, seed, samples };
        await writeJson(store, partKeys.part(model, run, part), content);
        parts.push(part);
      }
    }
    await writeJson(store, partKeys.plan(model, run), { parts });
    throw new HandOver(parts);
  };
}

/** Brings one part into the cache. One that nobody computed, or that is damaged, is computed here later. */
async function bring({ store, signal, log }: RunContext, key: string, dir: string): Promise<void> {
  try {
    const { body } = await store.read(key, { signal });
    const bytes = await collectBytes(body, { maxBytes: maxPartBytes, source: key });
    await unpackFiles(bytes, dir, key);
  } catch (error) {
    const code = codeOf(error);
    if (code !== "E_NOT_FOUND" && code !== "E_INPUT") throw error;
    log(`${key}: computed here: ${(error as Error).message}`);
  }
}
