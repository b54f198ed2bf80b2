import { readFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { parseManifest } from "@plimsoll/manifest";
import type { TargetConfiguration } from "@nx/devkit";

/** Names of the targets that are inferred. */
export interface WeightsPluginOptions {
  /** Default `weights-sync`. */
  readonly syncTarget?: string;
  /** Default `weights-verify`. */
  readonly verifyTarget?: string;
  /** Default `publish-weights`. */
  readonly publishTarget?: string;
}

/** A manifest from the folder of its project. */
const manifestPath = "weights/manifest.json";

/**
 * The targets of the project that `manifest` (path from the workspace's root) belongs to. Sync is cached on the bytes of
 * the manifest, which pin those of every file. A manifest that cannot be read still gives the targets, whose run then
 * says what is wrong with it.
 */
export async function weightTargets(
  manifest: string,
  workspaceRoot: string,
  options: WeightsPluginOptions = {},
): Promise<Record<string, TargetConfiguration>> {
  const {
    syncTarget = "weights-sync",
    verifyTarget = "weights-verify",
    publishTarget = "publish-weights",
  } = options;
  const files = await filesOf(join(workspaceRoot, manifest));
  const options_ = { cwd: dirname(dirname(manifest)) };
  const pin = `{projectRoot}/${manifestPath}`;
  return {
    [syncTarget]: {
      command: `plimsoll sync ${manifestPath}`,
      options: options_,
      cache: true,
      inputs: [pin],
      outputs: files.map((name) => `{projectRoot}/weights/${name}`),
      metadata: {
        technologies: ["plimsoll"],
        description: "Makes the weights folder equal to its manifest",
      },
    },
    [verifyTarget]: {
      command: `plimsoll verify ${manifestPath} --full`,
      options: options_,
      // Git ignores the weights, and so does Nx: it would not notice that one changed.
      cache: false,
      metadata: { technologies: ["plimsoll"], description: "Hashes every weight file" },
    },
    [publishTarget]: {
      command: "plimsoll publish weights",
      options: options_,
      cache: false,
      metadata: { technologies: ["plimsoll"], description: "Publishes the weights as a version" },
    },
  };
}

async function filesOf(path: string): Promise<readonly string[]> {
  try {
    const { manifest } = parseManifest(await readFile(path), { source: path });
    return [...manifest.weights.keys()];
  } catch {
    return [];
  }
}
