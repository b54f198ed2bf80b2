import { existsSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { createNodesFromFiles, type CreateNodesResult, type CreateNodesV2 } from "@nx/devkit";
import { weightTargets, type WeightsPluginOptions } from "./weight-targets.ts";

/** Nx calls this: every `weights/manifest.json` gives targets to the project around it. */
export const createNodesV2: CreateNodesV2<WeightsPluginOptions> = [
  "**/weights/manifest.json",
  async (manifests, options, context) =>
    await createNodesFromFiles(
      async (manifest, given): Promise<CreateNodesResult> => {
        const root = dirname(dirname(manifest));
        const folder = join(context.workspaceRoot, root);
        const isNamed = ["project.json", "package.json"].some((name) =>
          existsSync(join(folder, name)),
        );
        const targets = await weightTargets(manifest, context.workspaceRoot, given ?? {});
        // A folder that is no project yet becomes one, named after itself.
        const name = basename(root === "." ? context.workspaceRoot : root);
        return { projects: { [root]: { ...(!isNamed && { name }), root, targets } } };
      },
      manifests,
      options ?? {},
      context,
    ),
];
