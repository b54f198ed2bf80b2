import { mkdir, readdir, readFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { isModelName, parseJson, parseRelease } from "@plimsoll/manifest";
import { writeFileWhole } from "@plimsoll/weights";

/** The version of a model that answered last, as it is remembered on this disk. */
export interface LastGood {
  readonly version: string;
  /** Of its main file. */
  readonly digest: string;
  /** ISO 8601, UTC. */
  readonly at: string;
}

/** Remembers per model which version served, so that a restart with a broken newest version serves that one. */
export interface LastGoodMemory {
  recall(model: string): Promise<LastGood | undefined>;
  remember(model: string, good: LastGood): Promise<void>;
}

const maxBytes = 64 * 1024;

/** The memory in a folder, one file a model. Damaged files count as absent. */
export function openLastGood(dir: string): LastGoodMemory {
  const pathOf = (model: string): string => join(dir, `${model}.json`);
  return {
    async recall(model) {
      try {
        const bytes = await readFile(pathOf(model));
        const value = parseJson(bytes, { maxBytes, maxDepth: 4, source: pathOf(model) });
        const { version, digest, at } = value as Record<string, unknown>;
        if (typeof version !== "string" || typeof digest !== "string") return undefined;
        if (parseRelease(version) === undefined && !isModelName(version)) return undefined;
        return { version, digest, at: typeof at === "string" ? at : "" };
      } catch {
        return undefined;
      }
    },
    async remember(model, good) {
      const path = pathOf(model);
      await mkdir(dirname(path), { recursive: true });
      await writeFileWhole(path, Buffer.from(`${JSON.stringify({ schema: 1, model, ...good })}\n`));
    },
  };
}

/** Names of the models that served from this disk before. */
export async function rememberedModels(dir: string): Promise<string[]> {
  const names = await readdir(dir).catch(() => []);
  return names.flatMap((name) => {
    const model = /^(.+)\.json$/.exec(name)?.[1];
    return model !== undefined && isModelName(model) ? [model] : [];
  });
}
