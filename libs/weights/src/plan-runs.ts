import { chunkIndexName } from "./chunk-index-of.ts";
import { WeightsError } from "./error.ts";
import { type LimitHit, planStore, type StorePlan } from "./plan-store.ts";
import type { PublishOptions } from "./publish-request.ts";
import type { SplitFile } from "./split-file.ts";
import { eachStore, type StoreRun } from "./store-run.ts";
import { listPresent } from "./upload-version.ts";

/**
 * Holds the version against what each store's host allows. A dry run also asks the stores what they have, and gives
 * the plans; otherwise a store that would refuse a file or the number of files fails here, before anything is uploaded
 * (`E_LIMIT`).
 */
export async function planRuns(
  runs: readonly StoreRun[],
  options: Pick<PublishOptions, "dryRun" | "channel" | "bitsPerSecond" | "signal" | "onEvent"> & {
    readonly files: readonly (SplitFile & { readonly index?: unknown })[];
    /** Of the version. */
    readonly prefix: string;
  },
): Promise<ReadonlyMap<StoreRun, StorePlan>> {
  const plans = new Map<StoreRun, StorePlan>();
  const { prefix, signal, channel } = options;
  await eachStore(runs, options, async (run) => {
    const keys = options.dryRun ? await listPresent(run.driver, prefix, signal) : undefined;
    const files = options.files.map((file) => {
      const { name, size } = file.encoded ?? file;
      const isPresent = run.existing !== undefined || keys?.has(prefix + name) === true;
      return { name, size, present: isPresent };
    });
    const indexes = options.files.filter(
      ({ name, index }) =>
        index && !run.existing && keys?.has(prefix + chunkIndexName(name)) !== true,
    ).length;
    const plan = planStore(files, run.driver.limits, {
      indexes,
      channel: channel !== undefined,
      bitsPerSecond: options.bitsPerSecond,
    });
    plans.set(run, plan);
    const refused = plan.hits.filter(({ kind }) => kind === "hard");
    if (!options.dryRun && !run.existing && refused.length > 0) throw refusal(run, refused);
  });
  return plans;
}

function refusal(run: StoreRun, hits: readonly LimitHit[]): WeightsError {
  const messages = hits.map(({ message }) => message).join("; ");
  return new WeightsError("E_LIMIT", `${run.url} does not take this version: ${messages}`);
}
