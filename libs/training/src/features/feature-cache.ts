import { sha256 } from "@plimsoll/manifest";
import { randomUUID } from "node:crypto";
import { mkdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";

/** What decides the features of one sample: the same parts give the same numbers. */
export interface FeatureKey {
  /** Digest of the sample's file. */
  readonly sample: string;
  /** Digest of the backbone. */
  readonly backbone: string;
  /** Rows: the sample itself and its copies. */
  readonly copies: number;
  readonly seed: number;
}

/** Rows of features on this disk, float32 `[rows, width]`, one file a sample: `<ab>/<digest of the key>.f32`. */
export interface FeatureCache {
  /** Undefined: not there, or not of that width. */
  read(key: FeatureKey, width: number): Promise<Float32Array | undefined>;
  write(key: FeatureKey, rows: Float32Array): Promise<void>;
}

/** Counts up when augmentation or feature extraction changes: older rows are not found then. */
const revision = 2;

/** A cache in a folder. Processes may share it: a file appears whole or not at all. */
export function openFeatureCache(dir: string): FeatureCache {
  const place = ({ sample, backbone, copies, seed }: FeatureKey): string => {
    const text = JSON.stringify([revision, sample, backbone, copies, seed]);
    const digest = sha256(new TextEncoder().encode(text));
    return join(dir, digest.slice(0, 2), `${digest}.f32`);
  };
  return {
    async read(key, width) {
      const bytes = await readFile(place(key)).catch(() => undefined);
      if (bytes?.length !== key.copies * width * 4) return undefined;
      // A copy: the buffer of a small file is part of a larger one, at any offset.
      return new Float32Array(new Uint8Array(bytes).buffer);
    },
    async write(key, rows) {
      const path = place(key);
      await mkdir(dirname(path), { recursive: true });
      const temporary = `${path}.${randomUUID()}`;
      try {
        await writeFile(temporary, new Uint8Array(rows.buffer, rows.byteOffset, rows.byteLength));
        await rename(temporary, path);
      } catch (error) {
        await rm(temporary, { force: true });
        throw error;
      }
    },
  };
}
