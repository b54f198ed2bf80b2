import { expect } from "@jest/globals";
import { readFile } from "node:fs/promises";
import type { PublishResult } from "../publish-request.ts";
import { publishWeights } from "../publish.ts";
import type { SyncOptions, SyncResult } from "../sync-request.ts";
import { syncWeights } from "../sync.ts";
import type { Workplace } from "./weights-folder.ts";

/** Files of a model by name: one in a folder, one with every legal character, one empty. */
export const weights = {
  "cnn.pt": "weights of the network",
  "labels.json": `["bird","drone"]`,
  "deep/er/x+y@1_Z-9.onnx": "deep",
  "empty.npz": "",
};

export const publish = async (place: Workplace, release = "v1.0.0"): Promise<PublishResult> =>
  await publishWeights({
    from: [place.weights],
    to: [place.store],
    release,
    model: "cnn",
    cache: false,
  });

export const sync = async (
  place: Workplace,
  options: Partial<SyncOptions> = {},
): Promise<SyncResult> =>
  await syncWeights({
    from: place.store,
    model: "cnn",
    dir: place.app,
    cache: place.cache,
    ...options,
  });

/** What became of each file. */
export const outcomes = ({ files }: SyncResult): Record<string, string> =>
  Object.fromEntries(files.map(({ name, outcome }) => [name, outcome]));

/** The same outcome for all of `weights`. */
export const all = (outcome: string): Record<string, string> =>
  Object.fromEntries(Object.keys(weights).map((name) => [name, outcome]));

export async function expectContent(folder: string, files: Record<string, string>): Promise<void> {
  for (const [name, text] of Object.entries(files)) {
    expect([name, await readFile(`${folder}/${name}`, "utf8")]).toEqual([name, text]);
  }
}
