import { mkdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { readBackbone, writeBackbone } from "../backbone/backbone-file.ts";
import type { Backbone } from "../backbone/backbone.ts";
import type { Head } from "../head/head.ts";
import type { Problem } from "../dataset/problem.ts";
import type { FitCheckpoint } from "../step/fit-state.ts";
import { checkpointFile } from "./checkpoint-file.ts";
import { decodeFloats, encodeFloats } from "./float-text.ts";
import type { EpochFigures } from "./trained-model.ts";

/** What the training stage left. */
export interface TrainedParts {
  readonly head: Head;
  readonly curves: readonly EpochFigures[];
  /** Samples that turned out to be unusable. */
  readonly problems: readonly Problem[];
}

const checkpointParts = ["small", "full"] as const;

/** Parts of the training of the net from scratch: on small pictures, then on full ones. */
export type CheckpointPart = (typeof checkpointParts)[number];

/** What finished stages left on this disk. */
export interface WorkDir {
  /** The backbone of stage `name`; made by `make` where it is not there yet. */
  backbone(name: "frozen" | "trained", make: () => Promise<Backbone>): Promise<Backbone>;
  /** Of a part of a training that lasts for many epochs; removed when all is written. */
  checkpoint(part: CheckpointPart): FitCheckpoint;
  readTrained(): Promise<TrainedParts | undefined>;
  writeTrained(parts: TrainedParts): Promise<void>;
}

/** Opens a folder for the run `fingerprint`; what another run left there is removed, its features excepted. */
export async function openWorkDir(dir: string, fingerprint: string): Promise<WorkDir> {
  const mark = join(dir, "run.sha256");
  const backbonePath = (name: string): string => join(dir, `${name}.onnx`);
  const trainedPath = join(dir, "trained.json");
  const checkpointPath = (part: CheckpointPart): string => join(dir, `checkpoint-${part}.json`);
  await mkdir(dir, { recursive: true });
  const known = await readFile(mark, "utf8").catch(() => undefined);
  if (known !== fingerprint) {
    for (const path of [
      backbonePath("frozen"),
      backbonePath("trained"),
      trainedPath,
      ...checkpointParts.map(checkpointPath),
    ]) {
      await rm(path, { force: true });
    }
    await writeFile(mark, fingerprint);
  }
  return {
    checkpoint: (part) => checkpointFile(checkpointPath(part)),
    async backbone(name, make) {
      const kept = await readBackbone(backbonePath(name)).catch(() => undefined);
      if (kept) return kept;
      await writeBackbone(backbonePath(name), await make());
      // Read again, so that a resumed run and this one go on with the same bytes.
      return readBackbone(backbonePath(name));
    },
    async readTrained() {
      const text = await readFile(trainedPath, "utf8").catch(() => undefined);
      if (text === undefined) return undefined;
      const { layers, ...rest } = JSON.parse(text) as Omit<TrainedParts, "head"> & {
        readonly layers: readonly SavedLayer[];
      };
      return {
        ...rest,
        head: {
          layers: layers.map((layer) => ({
            ...layer,
            weights: decodeFloats(layer.weights),
            bias: decodeFloats(layer.bias),
          })),
        },
      };
    },
    async writeTrained({ head, ...rest }) {
      const layers = head.layers.map((layer) => ({
        ...layer,
        weights: encodeFloats(layer.weights),
        bias: encodeFloats(layer.bias),
      }));
      await writeFile(`${trainedPath}.partial`, JSON.stringify({ ...rest, layers }));
      await rename(`${trainedPath}.partial`, trainedPath);
      for (const part of checkpointParts) await rm(checkpointPath(part), { force: true });
    },
  };
}

interface SavedLayer {
  readonly inputs: number;
  readonly outputs: number;
  /** Base64 of float32. */
  readonly weights: string;
  readonly bias: string;
}
