import { basename } from "node:path";
import { type JsonObject, parseRelease } from "@plimsoll/manifest";
import { listVersions, promoteRelease, publishWeights, readRelease } from "@plimsoll/weights";
import { PipelineError } from "../error.ts";
import { codeOf } from "../samples/read-json.ts";
import { runDefaults } from "./run-config.ts";
import type { RunContext } from "./run-context.ts";
import type { Trained } from "./stage-train.ts";

/** Documents that describe the weights in the manifest already. */
const inManifest: ReadonlySet<string> = new Set(["metadata.json", "manifest.json"]);

/** The version after the newest one of a model: the next minor, `v1.0.0` for the first. */
export async function nextVersion(store: RunContext["store"], model: string): Promise<string> {
  const listed = await listVersions(store, model);
  const releases = listed.flatMap(({ version }) => parseRelease(version) ?? []);
  const [newest] = releases;
  return newest === undefined ? "v1.0.0" : `v${newest.major}.${newest.minor + 1}.0`;
}

/**
 * Publishes what was trained as the next version, and points the channel for new versions at it. A run that begins again
 * here finishes the version that it had begun. Gives the version.
 */
export async function stagePublish(context: RunContext, trained: Trained): Promise<string> {
  const { store, storeUrl, openStore, signal, now, env } = context;
  const { model, run, config, commit, parent, dataset, seed, reason } = context.record();
  const channel = config.channel ?? runDefaults.channel;
  const documents = trained.documents.filter((path) => !inManifest.has(basename(path)));
  const metadata = {
    ...trained.metadata,
    dataset: {
      ...trained.metadata.dataset,
      run,
      digest: dataset?.digest ?? "",
      samples: dataset?.samples ?? 0,
      seed,
      ...(parent !== undefined && { parent }),
      ...(commit !== undefined && { commit }),
      ...(reason !== undefined && { reason }),
    },
  } as JsonObject;

  for (let attempt = 1; ; attempt++) {
    const version = context.record().planned_version ?? (await nextVersion(store, model));
    await context.update({ planned_version: version });
    try {
      const { stores } = await publishWeights({
        from: [...trained.files.map(({ path }) => path), ...documents],
        to: [storeUrl],
        release: version,
        model,
        metadata,
        channel,
        issuedBy: `retraining ${run}`,
        manifestPath: false,
        cache: false,
        openStore,
        signal,
        now,
        env,
        onEvent: (event) => {
          if (event.type === "upload") context.progress(event.bytes / Math.max(1, event.size));
          if (event.type === "warning") context.log(event.message);
        },
      });
      const failed = stores.find(({ error }) => error !== undefined)?.error;
      if (failed) throw Object.assign(new Error(failed.message), failed);
      await context.update({ version, channel });
      return version;
    } catch (error) {
      const code = codeOf(error);
      if (code !== "E_EXISTS" || attempt >= 5) throw error;
      if (await isOurs(context, version)) {
        await context.update({ version, channel });
        return version;
      }
      // Somebody else published this version meanwhile.
      const next = await nextVersion(store, model);
      await context.update({ planned_version: next });
    }
  }
}

/** Whether a version that is there was published by this very run, before it was cut off. */
async function isOurs({ store, record, signal }: RunContext, version: string): Promise<boolean> {
  const { model, run } = record();
  try {
    const { manifest } = await readRelease(store, model, version, { signal });
    return (manifest.manifest.metadata?.["dataset"] as JsonObject | undefined)?.["run"] === run;
  } catch (error) {
    if (codeOf(error) === "E_NOT_FOUND") return false;
    throw error;
  }
}

/**
 * Points the configured channel at the new version, if every gate lets it. Without one the version waits for a person.
 * Throws `E_GATE` with the reason.
 */
export async function stagePromote(context: RunContext, version: string): Promise<void> {
  const { store, signal, now } = context;
  const { model, run, config } = context.record();
  if (config.promoteTo === undefined) return;
  if (config.promoteTo === (config.channel ?? runDefaults.channel)) {
    throw new PipelineError(
      "E_USAGE",
      `${model}: promoteTo and channel are both ${config.promoteTo}`,
    );
  }
  await promoteRelease({
    store,
    model,
    release: version,
    channel: config.promoteTo,
    issuedBy: `retraining ${run}`,
    require: config.require,
    notWorseThan: config.notWorseThan,
    signal,
    now,
    onWarning: context.log,
  });
  await context.update({ promoted_to: config.promoteTo });
}
