import { stat } from "node:fs/promises";
import { basename, join } from "node:path";
import { collectBytes, sha256 } from "@plimsoll/manifest";
import { PipelineError } from "../error.ts";
import { countClasses } from "../samples/list-originals.ts";
import { sampleLimits } from "../samples/check-sample.ts";
import { codeOf } from "../samples/read-json.ts";
import { type ChosenSample, datasetDigest, withoutConflicts } from "./choose-samples.ts";
import type { RunContext, TrainSample } from "./run-context.ts";
import type { RunProblem } from "./run-record.ts";
import { readWork, writeDurably, writeWork } from "./work-file.ts";

const maxBytes = 4 * Math.max(sampleLimits.maxAudioBytes, sampleLimits.maxImageBytes);
const lanes = 8;

/** An original on this disk. */
type Downloaded = ChosenSample & { readonly sha256: string; readonly path: string };

/**
 * Brings one original to `folder/<sha256>.<extension>`, unless it is there. Throws `E_DISK`, a `PipelineError` `E_INPUT`
 * where its bytes are not those that its name says, and what the store throws.
 */
export async function bringOriginal(
  store: RunContext["store"],
  sample: ChosenSample,
  folder: string,
  signal?: AbortSignal,
): Promise<Downloaded> {
  const extension = /\.[A-Za-z0-9]+$/.exec(basename(sample.key))?.[0].toLowerCase() ?? "";
  const place = (digest: string): string => join(folder, `${digest}${extension}`);
  if (sample.sha256 !== undefined) {
    const path = place(sample.sha256);
    const there = await stat(path).catch(() => undefined);
    if (there?.size === sample.size) return { ...sample, sha256: sample.sha256, path };
  }
  const { body } = await store.read(sample.key, signal ? { signal } : {});
  const bytes = await collectBytes(body, { maxBytes, source: `${sample.key} at ${store.url}` });
  const digest = sha256(bytes);
  if (sample.sha256 !== undefined && sample.sha256 !== digest) {
    throw new PipelineError(
      "E_INPUT",
      `${sample.key}: holds other bytes than its name says; upload it again`,
    );
  }
  const path = place(digest);
  await writeDurably(path, bytes);
  return { ...sample, sha256: digest, path };
}

/** Codes of one sample that cannot be had: it is left out by name, and the run goes on. */
const ofOneSample: ReadonlySet<string | undefined> = new Set(["E_INPUT", "E_NOT_FOUND", "E_LIMIT"]);

/** Brings all originals to this disk and settles the dataset's digest. */
export async function stageDownload(
  context: RunContext,
  samples: readonly ChosenSample[],
): Promise<readonly TrainSample[]> {
  const { store, workDir, signal } = context;
  const done = join(workDir, "samples.json");
  const before = await readWork<TrainSample[]>(done);
  if (before !== undefined) return before;
  const folder = join(workDir, "originals");
  const problems: RunProblem[] = [];
  const brought: Downloaded[] = [];
  const rest = [...samples];
  const lane = async (): Promise<void> => {
    for (let sample = rest.shift(); sample !== undefined; sample = rest.shift()) {
      signal.throwIfAborted();
      try {
        brought.push(await bringOriginal(store, sample, folder, signal));
      } catch (error) {
        const code = codeOf(error) ?? "";
        if (!ofOneSample.has(code)) throw error;
        problems.push({ name: sample.key, code, message: (error as Error).message });
      }
      context.progress(1 - rest.length / samples.length);
    }
  };
  const ends = await Promise.allSettled(
    Array.from({ length: lanes }, () =>
      lane().catch((error: unknown) => {
        // The others stop after what they are writing, and are waited for: the folder may be removed then.
        rest.length = 0;
        throw error;
      }),
    ),
  );
  const failed = ends.find((end) => end.status === "rejected");
  if (failed) throw failed.reason;
  const single = withoutConflicts(brought);
  context.addProblems([...problems, ...single.problems]);
  const chosen = single.samples as readonly Downloaded[];
  const { dataset } = context.record();
  await context.update({
    dataset: {
      new_samples: dataset?.new_samples ?? 0,
      digest: datasetDigest(chosen),
      samples: chosen.length,
      classes: countClasses(chosen),
    },
  });
  const list = chosen.map(({ key, path, class: label, sha256: digest, side }) => ({
    id: key,
    path,
    class: label,
    sha256: digest,
    ...(side !== undefined && { side }),
  }));
  await writeWork(done, list);
  return list;
}
