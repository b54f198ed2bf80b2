import { rm } from "node:fs/promises";
import { join } from "node:path";
import { collectBytes } from "@plimsoll/manifest";
import { bytesSource, openStore } from "@plimsoll/storage";
import { PipelineError } from "../error.ts";
import { bringOriginal } from "../runs/stage-download.ts";
import { writeDurably } from "../runs/work-file.ts";
import { codeOf } from "../samples/read-json.ts";
import { partKeys, readPart } from "./feature-part.ts";
import { packFiles } from "./pack-files.ts";
import type { RunJob } from "./run-job.ts";
import type { TrainingRoom } from "./share-features.ts";

const maxBackboneBytes = 2 * 1024 * 1024 * 1024;

/** How a part came out. */
export interface PartResult {
  /** Samples whose features are in the store now. */
  readonly ready: number;
  /** Seconds of this call. */
  readonly seconds: number;
}

/**
 * Computes one part of a run's features and stores them. A part that is there already is done. A sample that cannot be
 * read is left out here and named by the run itself.
 */
export async function performPart(
  job: RunJob & { readonly part: string },
  room: TrainingRoom,
  options: { readonly signal?: AbortSignal } = {},
): Promise<PartResult> {
  const { model, run, part, storeUrl, allowHttp = false } = job;
  const { signal } = options;
  const call = signal ? { signal } : {};
  const startedAt = performance.now();
  const store = await openStore(storeUrl, { allowHttp, forWriting: true });
  const dir = join(job.workRoot, "parts", `${run}-${part}`);
  try {
    const target = partKeys.features(model, run, part);
    const content = await readPart(store, model, run, part);
    // The run went on without waiting, and has tidied up.
    if (content === undefined || (await store.stat(target, call))) return { ready: 0, seconds: 0 };
    const source = partKeys.backbone(model, run);
    const { body } = await store.read(source, call);
    const path = join(dir, "backbone.onnx");
    await writeDurably(path, await collectBytes(body, { maxBytes: maxBackboneBytes, source }));
    const backbone = await room.readBackbone(path);
    const samples = [];
    for (const { key, class: label, sha256 } of content.samples) {
      try {
        const found = await bringOriginal(
          store,
          { key, class: label, sha256, size: -1, kind: "audio" },
          join(dir, "originals"),
          signal,
        );
        samples.push({ id: key, path: found.path, class: label, sha256 });
      } catch (error) {
        const code = codeOf(error);
        if (code !== "E_INPUT" && code !== "E_NOT_FOUND") throw error;
      }
    }
    const cacheDir = join(dir, "features");
    const { copies, seed } = content;
    const { ready } = await room.extractFeatures({
      samples,
      backbone,
      copies,
      seed,
      cacheDir,
      ...call,
    });
    const bytes = await packFiles(cacheDir);
    await store.write(target, bytesSource(bytes, target), call);
    return { ready: ready.length, seconds: (performance.now() - startedAt) / 1000 };
  } catch (error) {
    if (codeOf(error) !== "E_MODEL") throw error;
    throw new PipelineError("E_USAGE", `${run}-${part}: ${(error as Error).message}`, {
      cause: error,
    });
  } finally {
    await rm(dir, { recursive: true, force: true });
    await store.close();
  }
}
