import { existsSync } from "node:fs";
import { readdir, rm } from "node:fs/promises";
import { join } from "node:path";
import type { ModelMetadata } from "@plimsoll/manifest";
import { issuer, openTrustMemory } from "@plimsoll/weights";
import { besideVersions, type BesideVersions } from "./beside-versions.ts";
import { writeDesired } from "./desired.ts";
import type { EventLog } from "./event-log.ts";
import type { LastGoodMemory } from "./last-good.ts";
import { liveConfig, type LiveConfig } from "./live-config.ts";
import { versionFinder, type VersionFinder } from "./locate-version.ts";
import type { ModelSource } from "./model-source.ts";
import type { PinnedFolder } from "./pinned-folder.ts";
import { objectSource } from "./object-source.ts";
import type { Resolved } from "./resolved.ts";
import { servedModel } from "./served-model.ts";
import type { ServedModel } from "./served-model-setup.ts";
import type { ServedModelOptions, ServingOptions } from "./serving-options.ts";
import { storeSource } from "./store-source.ts";
import type { StoredContext } from "./stored-version.ts";
import type { StoreLink } from "./store-link.ts";

/** All that belongs to one model. */
export interface ModelEntry {
  readonly name: string;
  readonly served: ServedModel;
  readonly config: LiveConfig;
  readonly beside: BesideVersions;
  readonly finder: VersionFinder;
  /** The store that it comes from; undefined where it can only be local. */
  readonly link: StoreLink | undefined;
  /** What the loaded version says of itself. */
  metadata(): ModelMetadata | undefined;
}

/** The models that were asked for so far, made when they are first asked for. */
export interface ModelSet {
  get(model: string): ModelEntry;
  all(): readonly ModelEntry[];
  close(): Promise<void>;
}

export interface ModelSetSetup {
  readonly options: ServingOptions;
  readonly context: StoredContext;
  readonly lastGood: LastGoodMemory;
  readonly events: EventLog;
  /** The common store. */
  readonly link: StoreLink | undefined;
  /** The store of a model with one of its own. */
  readonly linkTo: (url: string) => StoreLink;
  /** The model of the one object that is served by its key. */
  readonly objectModel: string | undefined;
  /** Folders of local models, in the order in which they are looked into. */
  readonly folders: readonly string[];
  /** The one model of the manifest that is synced at the start, and its folder. */
  readonly pinned: PinnedFolder | undefined;
  /** Waited for before local folders are looked into: a sync may be filling them. */
  readonly beforeLocal: (model: string) => Promise<void>;
  /** Something of this model is another now: the others may want to look. */
  readonly onChanged: (model: string) => void;
}

/** A folder of this machine with a model in it; one that is laid out as a store is a store. */
const isFolder = (source: string): boolean =>
  !/^[a-z][a-z0-9+.-]+:\/\//i.test(source) && !existsSync(join(source, "models"));

export function modelSet(setup: ModelSetSetup): ModelSet {
  const entries = new Map<string, ModelEntry>();
  return {
    get(model) {
      let entry = entries.get(model);
      if (entry === undefined) entries.set(model, (entry = makeEntry(model, setup)));
      return entry;
    },
    all: () => [...entries.values()],
    async close() {
      for (const { served, beside } of entries.values()) {
        await served.close();
        await beside.close();
      }
    },
  };
}

function makeEntry(name: string, setup: ModelSetSetup): ModelEntry {
  const { options, context, events, lastGood, folders } = setup;
  const { models } = options;
  const own: ServedModelOptions = options.configured?.[name] ?? {};
  const ownFolder =
    own.source !== undefined && isFolder(own.source)
      ? own.source
      : name === setup.pinned?.model
        ? setup.pinned.dir
        : undefined;
  const link =
    own.source !== undefined && !isFolder(own.source) ? setup.linkTo(own.source) : setup.link;
  const source = makeSource(name, own, link, setup);
  const finder = versionFinder({
    model: name,
    folders: { shared: folders, own: ownFolder, ready: () => setup.beforeLocal(name) },
    source,
    context,
  });
  const beside = besideVersions(models, name, finder);
  const serving = (): string | undefined => served.state().current?.files.version;
  const config = liveConfig({
    model: name,
    models,
    link,
    beside,
    serving,
    onApplied: () => events.add({ type: "config", model: name, message: "applied" }),
    onRefused: (code, message) => {
      context.log(`${name}: its configuration was refused, the old one stays: ${message}`);
      events.add({ type: "config", model: name, code, message });
    },
  });
  const served = servedModel({
    name,
    models,
    finder,
    source,
    lastGood,
    log: context.log,
    writeDesired:
      link === undefined
        ? undefined
        : async (next) => {
            const order = {
              ...next,
              issued_at: new Date(options.now?.() ?? Date.now()).toISOString(),
              issued_by: issuer(options.env ?? process.env),
            };
            return await link.write((driver) => writeDesired(driver, name, order));
          },
    onFailure: ({ version, code, message }) =>
      events.add({ type: "failed", model: name, version, code, message }),
    async onTaken(resolved, previous) {
      const { version } = resolved.files;
      const { bytes, durationMs } = resolved.received;
      if (bytes > 0) events.add({ type: "downloaded", model: name, version, bytes, durationMs });
      if (own.pin) models.pin(name, true);
      await beside.drop(version);
      if (previous === undefined) await config.look().catch(() => undefined);
      await config.reapply();
      await tidy(context.dir, name, [resolved, previous], beside.names());
      setup.onChanged(name);
    },
  });
  return {
    name,
    served,
    config,
    beside,
    finder,
    link,
    metadata: () => served.state().current?.files.metadata,
  };
}

function makeSource(
  model: string,
  own: ServedModelOptions,
  link: StoreLink | undefined,
  { options, context, objectModel }: ModelSetSetup,
): ModelSource | undefined {
  if (link === undefined) return undefined;
  if (model === objectModel && options.objectKey !== undefined) {
    return objectSource({ link, key: options.objectKey, context });
  }
  return storeSource({
    link,
    model,
    channel: own.channel,
    context,
    follow: {
      keys: options.keys,
      attestation: options.attestation,
      memory: openTrustMemory(join(context.cache.dir, "trust")),
      onWarning: context.log,
    },
  });
}

/** Folders of versions that nobody serves any more go; the cache still has their bytes. */
async function tidy(
  dir: string,
  model: string,
  used: readonly (Resolved | undefined)[],
  beside: readonly string[],
): Promise<void> {
  const kept = new Set([...used.map((each) => each?.files.version), ...beside]);
  for (const name of await readdir(join(dir, model)).catch(() => [])) {
    if (!kept.has(name)) await rm(join(dir, model, name), { recursive: true, force: true });
  }
}
