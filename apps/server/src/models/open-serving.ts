import { existsSync } from "node:fs";
import { mkdir } from "node:fs/promises";
import { join, resolve } from "node:path";
import { openCache } from "@plimsoll/cache";
import { isSyncSkipped, listModels } from "@plimsoll/weights";
import { hostname } from "node:os";
import { randomBytes } from "node:crypto";
import type { Serving } from "../serving.ts";
import { catalogue } from "./catalogue.ts";
import { convergence } from "./converge.ts";
import { openEventLog } from "./event-log.ts";
import { type FanOut, noFanOut, redisFanOut } from "./fan-out.ts";
import { openLastGood, rememberedModels } from "./last-good.ts";
import { localModels } from "./local-version.ts";
import { type ManifestSync, noSync, startSync } from "./manifest-sync.ts";
import { modelSet } from "./model-set.ts";
import { modelOfKey } from "./object-source.ts";
import { pinnedFolder } from "./pinned-folder.ts";
import { type PredictionCache, predictionCache } from "./prediction-cache.ts";
import type { ServingContext } from "./serving-context.ts";
import type { ServingOptions } from "./serving-options.ts";
import { servingVerbs } from "./serving-verbs.ts";
import { stateFolder } from "./state-folder.ts";
import { openStoreLink, type StoreLink } from "./store-link.ts";
import { taskOf } from "./task-of.ts";

const pollMs = 10_000;
const heartbeatMs = 30_000;
const waitMs = 60_000;
const defaultManifest = join("weights", "manifest.json");

/**
 * Serves what folders, the cache and a store have. Nothing is asked of a store, nothing loaded and nothing written before
 * a request or `start`: a store that is out of reach never stops the start.
 *
 * @throws CacheError for a cache that cannot be used.
 */
export async function openServing(options: ServingOptions): Promise<Serving> {
  const { env = process.env, now = Date.now, random = Math.random, log = ignore } = options;
  const cache = options.cache ?? (await openCache({ env }));
  const stateDir = resolve(options.stateDir ?? stateFolder(cache.dir, options.store));
  const links = new Map<string, StoreLink>();
  const linkTo = (url: string): StoreLink => {
    let link = links.get(url);
    if (link === undefined) links.set(url, (link = openStoreLink({ ...linkOptions, url })));
    return link;
  };
  const linkOptions = {
    env,
    log,
    now,
    random,
    ...(options.headers && { headers: options.headers }),
    ...(options.allowHttp !== undefined && { allowHttp: options.allowHttp }),
    ...(options.offline !== undefined && { offline: options.offline }),
    ...(options.openStore && { open: options.openStore }),
  };
  const link = options.store === undefined ? undefined : linkTo(options.store);
  const objectModel = options.objectKey === undefined ? undefined : modelOfKey(options.objectKey);
  const manifest = options.manifest ?? (existsSync(defaultManifest) ? defaultManifest : false);
  const pinned = manifest === false ? undefined : pinnedFolder(manifest);
  const folders = [resolve(options.localDir ?? "models")];
  if (pinned !== undefined && pinned.model === undefined) folders.push(pinned.dir);
  const events = openEventLog(options.models, now);
  const versionsDir = join(stateDir, "versions");
  const lastGoodDir = join(stateDir, "last-good");
  let fanOut: FanOut = noFanOut;
  let predictions: PredictionCache | undefined;
  let sync: ManifestSync = noSync;
  let isStarted = false;

  const set = modelSet({
    options: { ...options, env, now },
    context: {
      cache,
      dir: versionsDir,
      env,
      log,
      ...(options.keys && { keys: options.keys }),
      ...(options.attestation && { attestation: options.attestation }),
      ...(options.headers && { headers: options.headers }),
      ...(options.allowHttp !== undefined && { allowHttp: options.allowHttp }),
    },
    lastGood: openLastGood(lastGoodDir),
    events,
    link,
    linkTo,
    objectModel,
    folders,
    pinned,
    beforeLocal: async (model) => {
      if (pinned?.models.includes(model)) await sync.done();
    },
    onChanged: (model) => void converge.report(model).catch(ignore),
  });
  const replicaId =
    options.replicaId ?? `${safeName(hostname())}-${randomBytes(4).toString("hex")}`;
  const converge = convergence({
    set,
    id: replicaId,
    pollMs: options.pollMs ?? pollMs,
    heartbeatMs: options.heartbeatMs ?? heartbeatMs,
    waitMs: options.waitMs ?? waitMs,
    now,
    random,
    log,
  });
  const names = catalogue({
    configured: Object.keys(options.configured ?? {}),
    aliases: options.aliases ?? {},
    now,
    async local() {
      const found = await Promise.all(folders.map(localModels));
      const remembered = await rememberedModels(lastGoodDir);
      const object = objectModel === undefined ? [] : [objectModel];
      return [...found.flat(), ...remembered, ...(pinned?.models ?? []), ...object];
    },
    stored: async () =>
      link === undefined || objectModel !== undefined
        ? []
        : await link.use((driver) => listModels(driver)),
    task: (model) => taskOf(set.get(model), folders),
  });
  const context: ServingContext = {
    options: { ...options, env },
    cache,
    catalogue: names,
    set,
    events,
    converge,
    fanOut: () => fanOut,
    predictions: () => predictions,
    links: () => [...links.values()],
    replicaId,
    now,
    find: async (name) => set.get(await names.find(name)),
  };

  const connectRedis = async (url: string): Promise<void> => {
    fanOut = await redisFanOut({
      url,
      store: options.store ?? stateDir,
      log,
      onTold: (model) => {
        if (names.known().includes(model)) void converge.look(model).catch(ignore);
      },
    });
    const seconds = options.predictionCacheSeconds ?? 0;
    if (seconds > 0) predictions = predictionCache(fanOut, seconds);
  };

  return {
    ...servingVerbs(context),
    start() {
      if (isStarted) return;
      isStarted = true;
      if (manifest !== false && !isSyncSkipped(env)) {
        log(`weights: syncing ${manifest}`);
        sync = startSync({
          from: manifest,
          cache,
          env,
          log,
          now,
          ...(options.offline !== undefined && { offline: options.offline }),
          ...(options.keys && { keys: options.keys }),
          ...(options.attestation && { attestation: options.attestation }),
          ...(options.headers && { headers: options.headers }),
          onOver: ({ state, error }) =>
            events.add({ type: "sync", message: state, ...(error && { code: error.code }) }),
        });
      }
      if (options.redisUrl !== undefined) void connectRedis(options.redisUrl).catch(ignore);
      void mkdir(stateDir, { recursive: true }).catch(ignore);
      converge.start();
    },
    started: () => isStarted && sync.isOver(),
    sync: () => sync.status(),
    async close() {
      await converge.close();
      await set.close();
      await fanOut.close();
      events.close();
      for (const each of links.values()) await each.close().catch(ignore);
    },
  };
}

const ignore = (): undefined => undefined;

const safeName = (name: string): string =>
  name
    .replace(/[^A-Za-z0-9._-]/g, "-")
    .replace(/^[^A-Za-z0-9]+/, "")
    .slice(0, 60) || "server";
