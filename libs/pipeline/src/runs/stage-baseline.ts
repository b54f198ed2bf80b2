import { join } from "node:path";
import type { ModelMetadata } from "@plimsoll/manifest";
import { readPointer, syncWeights } from "@plimsoll/weights";
import { codeOf } from "../samples/read-json.ts";
import { runDefaults } from "./run-config.ts";
import type { LocalVersion, RunContext } from "./run-context.ts";
import { readWork, writeWork } from "./work-file.ts";

/** Codes of a host that does not answer: the run waits for it instead of going on without a comparison. */
const passing: ReadonlySet<string | undefined> = new Set(["E_NETWORK", "E_TIMEOUT", "E_DISK"]);

/**
 * Brings the version that the new one is compared with and continues: what the parent channel names, else `latest`. A
 * model without one has no baseline; one that cannot be read is a problem of the record and no baseline either.
 */
export async function stageBaseline(context: RunContext): Promise<LocalVersion | undefined> {
  const { store, storeUrl, openStore, workDir, signal, env } = context;
  const { model, config } = context.record();
  const done = join(workDir, "baseline.json");
  const before = await readWork<{ readonly version: LocalVersion | null }>(done);
  if (before !== undefined) return before.version ?? undefined;
  let version: LocalVersion | undefined;
  try {
    const channel = config.parentChannel ?? runDefaults.parentChannel;
    const release =
      (await readPointer(store, model, channel, { signal }))?.pointer.version ??
      (await readPointer(store, model, config.channel ?? runDefaults.channel, { signal }))?.pointer
        .version;
    if (release !== undefined) {
      const dir = join(workDir, "baseline");
      const { manifest, files } = await syncWeights({
        from: storeUrl,
        model,
        release,
        dir,
        openStore,
        only: (name) => /\.(?:onnx|bin|onnx\.data|onnx_data|json)$/i.test(name),
        trustDir: false,
        signal,
        env,
      });
      const failed = files.find(({ error }) => error !== undefined);
      if (failed?.error) throw Object.assign(new Error(failed.error.message), failed.error);
      version = {
        model,
        version: release,
        files: [...manifest.manifest.weights].flatMap(([name, { size = 0, checksum }]) => {
          const isHere = files.some((file) => file.name === name && file.outcome !== "skipped");
          if (!isHere || checksum === undefined) return [];
          return [{ name, path: join(dir, name), size, sha256: checksum }];
        }),
        ...(manifest.manifest.metadata && {
          metadata: manifest.manifest.metadata as ModelMetadata,
        }),
      };
    }
  } catch (error) {
    signal.throwIfAborted();
    const code = codeOf(error);
    if (code === undefined || passing.has(code)) throw error;
    context.addProblems([
      { name: "baseline", code, message: `compared with nothing: ${(error as Error).message}` },
    ]);
  }
  if (version !== undefined) await context.update({ parent: version.version });
  await writeWork(done, { version: version ?? null });
  return version;
}
