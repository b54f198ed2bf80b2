import { readFileSync } from "node:fs";
import { dirname, resolve } from "node:path";
import { isModelName, parseManifest } from "@plimsoll/manifest";

/** The folder that a manifest pins, and the models in it. */
export interface PinnedFolder {
  readonly dir: string;
  /** The manifest is of this one model; undefined where it collects several. */
  readonly model: string | undefined;
  /** Names of the models in it. */
  readonly models: readonly string[];
}

/** What a manifest on this disk pins; undefined for one that cannot be read: its sync tells why. */
export function pinnedFolder(path: string): PinnedFolder | undefined {
  try {
    const { manifest } = parseManifest(readFileSync(path), { source: path });
    const stems = [...manifest.weights.keys()].flatMap(
      (name) => /^([^/]+)\.onnx$/i.exec(name)?.[1] ?? [],
    );
    const { model } = manifest;
    const models = (model === undefined ? stems : [model]).filter(isModelName);
    return { dir: dirname(resolve(path)), model, models };
  } catch {
    return undefined;
  }
}
