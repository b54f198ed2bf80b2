import type { Replica } from "@plimsoll/api";
import type { ModelStatus } from "@plimsoll/inference";
import { ServerError } from "../error.ts";
import type { Serving } from "../serving.ts";
import { promote, rollback, setConfig, setTraffic } from "./channels.ts";
import {
  describeMetadata,
  describeModel,
  describeVersions,
  locationOf,
  storedFacts,
  summarise,
  unloadedFacts,
} from "./describe.ts";
import { predict } from "./predict.ts";
import { reloadModels } from "./reload.ts";
import type { ServingContext } from "./serving-context.ts";
import { storeHealth } from "./store-health.ts";
import { knownTask } from "./task-of.ts";

/** Everything of a `Serving` but its start and end. */
export function servingVerbs(
  context: ServingContext,
): Omit<Serving, "start" | "started" | "sync" | "close"> {
  const { options, cache, catalogue, set, events, converge, now } = context;
  const { models } = options;
  const statusOf = (model: string): ModelStatus | undefined =>
    models.status().find((status) => status.model === model);

  return {
    configured: () =>
      catalogue.known().map((model) => {
        const task = knownTask(set.get(model));
        return { model, ...(task && { task }) };
      }),
    async list() {
      const names = await catalogue.all();
      return await Promise.all(
        names.map(async (name) => {
          const entry = set.get(name);
          const facts = await storedFacts(entry).catch(() => ({ versions: [], channels: [] }));
          return await summarise(context, entry, facts);
        }),
      );
    },
    details: async (name) => await describeModel(context, await context.find(name)),
    versions: async (name) => await describeVersions(context, await context.find(name)),
    async metadata(name) {
      const entry = await context.find(name);
      const found = await describeMetadata(entry, () => unloadedFacts(context, entry));
      if (found !== undefined) return found;
      throw new ServerError("E_NOT_FOUND", 404, `${entry.name}: nothing describes it yet`);
    },
    status() {
      const entries = set.all();
      const loaded = entries.find(({ served }) => served.state().current !== undefined);
      const entry = loaded ?? entries[0];
      const metadata = entry?.metadata();
      const classes = [...(metadata?.classes ?? [])];
      return {
        model_loaded: loaded !== undefined,
        model_name: entry?.name ?? catalogue.known()[0] ?? null,
        training_date: metadata?.training_date ?? metadata?.uploaded_at ?? null,
        test_accuracy: metadata?.accuracy ?? null,
        num_classes: classes.length,
        classes,
      };
    },
    predict: (request) => predict(context, request),
    async load(name, version) {
      const entry = await context.find(name);
      await entry.served.ensure();
      const current = entry.served.state().current?.files.version;
      if (version !== undefined && version !== current) await entry.beside.load(version);
      const status = statusOf(entry.name);
      if (status !== undefined) return status;
      throw new ServerError("E_BUSY", 503, `${entry.name}: unloaded meanwhile: load it again`);
    },
    async unload(name) {
      const entry = await context.find(name);
      await models.unload(entry.name);
      for (const version of entry.beside.names()) await entry.beside.drop(version);
      await entry.served.forget();
    },
    reload: (request, change) => reloadModels(context, request, change),
    promote: (model, request) => promote(context, model, request),
    rollback: (model, request) => rollback(context, model, request),
    traffic: (model, request) => setTraffic(context, model, request),
    configure: (model, settings, how) => setConfig(context, model, settings, how),
    async pin(name, pinned) {
      const { name: model } = await context.find(name);
      models.pin(model, pinned);
      events.add({ type: "pinned", model, message: pinned ? "pinned" : "not pinned" });
    },
    replicas: () => allReplicas(context),
    stores: async () => await Promise.all(context.links().map((link) => storeHealth(link, now))),
    async cacheStatus() {
      const [{ files, bytes, hits, misses, dir }, names] = await Promise.all([
        cache.status(),
        catalogue.all(),
      ]);
      const digests = new Map(
        set
          .all()
          .flatMap(({ served }) => served.state().current?.files.files ?? [])
          .map(({ sha256, name }) => [sha256, name]),
      );
      return {
        status: "ok",
        cache_directory: dir,
        models: names.map((name) => ({
          name,
          location: locationOf(set.get(name), statusOf(name)),
          version: statusOf(name)?.serving ?? null,
        })),
        cached_files: files.map(({ sha256, size }) => ({
          name: digests.get(sha256) ?? sha256,
          size,
        })),
        total_size: bytes,
        hits,
        misses,
      };
    },
    async cacheFigures() {
      const { dir, blobs, bytes, hits, misses } = await cache.status();
      return { directory: dir, files: blobs, bytes, hits, misses, budget: null };
    },
    memory: () => ({
      models: models
        .status()
        .flatMap(({ versions }) => versions)
        .reduce((sum, { memoryBytes = 0 }) => sum + memoryBytes, 0),
      budget: options.memoryBudgetBytes ?? null,
      limit: options.memoryLimitBytes ?? null,
    }),
    async clearCache() {
      const { blobs, bytes, kept } = await cache.clear();
      const message = `${blobs} files removed${kept > 0 ? `, ${kept} in use kept` : ""}`;
      events.add({ type: "cache", message, bytes });
      return {
        success: true,
        message,
        removed_files: blobs,
        removed_bytes: bytes,
        kept_files: kept,
      };
    },
    async collectGarbage({ budgetBytes, dryRun = false }) {
      const { removed, removedBytes, bytes } = await cache.gc({
        dryRun,
        ...(budgetBytes !== undefined && { budgetBytes }),
      });
      return { dryRun, removedFiles: removed.length, removedBytes, keptBytes: bytes };
    },
    recentEvents: () => events.recent(),
    listen: (listener) => events.listen(listener),
  };

  async function allReplicas({ replicaId }: ServingContext): Promise<readonly Replica[]> {
    const found = new Map<string, Replica>();
    const own = { id: replicaId, generation: 0, models: {}, self: true };
    found.set(replicaId, { ...own, lastSeen: new Date(now()).toISOString() });
    for (const { name } of set.all()) {
      for (const { id, version, generation, at } of await converge.replicas(name)) {
        const before = found.get(id) ?? { id, generation: 0, models: {}, lastSeen: at };
        found.set(id, {
          ...before,
          generation: Math.max(before.generation, generation),
          models: { ...before.models, ...(version !== undefined && { [name]: version }) },
          lastSeen: at > before.lastSeen ? at : before.lastSeen,
        });
      }
    }
    return [...found.values()];
  }
}
