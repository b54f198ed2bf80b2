import type { ModelDetails, ModelSummary, VersionsAnswer } from "@plimsoll/api";
import type { ModelStatus } from "@plimsoll/inference";
import { newestFirst, parseRelease } from "@plimsoll/manifest";
import {
  type ListedVersion,
  listChannels,
  listVersions,
  type Pointer,
  readYanked,
} from "@plimsoll/weights";
import type { ModelEntry } from "./model-set.ts";
import { mainDigest } from "./main-digest.ts";
import type { ServingContext } from "./serving-context.ts";
import { followedVersion, loadedCard, type ReleaseFacts, releaseFacts } from "./release-facts.ts";
import { servingKeys } from "./serving-keys.ts";
import { metricSeries, versionDetails } from "./version-details.ts";
import { readDocument } from "./watched-document.ts";

/** What a store has of a model; empty where it is out of reach. */
export interface StoredFacts {
  readonly versions: readonly ListedVersion[];
  readonly channels: readonly Pointer[];
}

const mostVersions = 50;

/** What the model's store has of it. Throws what the store throws; stores that cannot list give nothing. */
export async function storedFacts({ name, link }: ModelEntry): Promise<StoredFacts> {
  if (link === undefined) return { versions: [], channels: [] };
  return await link.use(async (driver) => ({
    versions: await listVersions(driver, name).catch(emptyWhereUnlistable),
    channels: await listChannels(driver, name).catch(emptyWhereUnlistable),
  }));
}

function emptyWhereUnlistable(error: unknown): [] {
  if ((error as { code?: string }).code === "E_AUTH") return [];
  throw error;
}

/** `GET /api/v1/admin/models/versions/:model`. */
export async function describeVersions(
  { converge }: ServingContext,
  entry: ModelEntry,
): Promise<VersionsAnswer> {
  const { name, link, served } = entry;
  const { versions, channels } = await storedFacts(entry);
  const current = served.state().current?.files.version;
  const releases = versions.filter(({ isYanked }) => !isYanked).map(({ version }) => version);
  const names = new Set(releases.filter((version) => parseRelease(version) !== undefined));
  if (names.size === 0 && current !== undefined) names.add(current);
  const sorted = newestFirst(names);
  const latest = channels.find(({ channel }) => channel === "latest")?.version;
  const kind = link?.state().kind;
  return {
    model_name: name,
    versions: sorted,
    latest: latest ?? sorted[0] ?? null,
    storage_type: kind === undefined || kind === "file" ? "local" : kind,
    replicas: (await converge.replicas(name)).map(({ id, version, generation }) => ({
      id,
      version: version ?? null,
      generation,
    })),
  };
}

/** `models/<model>/metadata.json`, else what the loaded version says. Undefined where nothing is known. */
export async function describeMetadata(
  entry: ModelEntry,
  unloaded: () => Promise<ReleaseFacts | undefined>,
): Promise<Readonly<Record<string, unknown>> | undefined> {
  const { name, link, metadata } = entry;
  const document = await link
    ?.use((driver) => readDocument(driver, servingKeys.metadata(name)))
    .catch(() => undefined);
  const value = document?.value;
  if (typeof value === "object" && value !== null && !Array.isArray(value)) return { ...value };
  return metadata() ?? (await unloaded())?.metadata;
}

/** What the store says of the version that would be loaded; undefined where one is loaded already. */
export async function unloadedFacts(
  { options }: ServingContext,
  entry: ModelEntry,
  facts?: StoredFacts,
): Promise<ReleaseFacts | undefined> {
  if (entry.served.state().current !== undefined || entry.link === undefined) return undefined;
  const stored = facts ?? (await storedFacts(entry).catch(() => undefined));
  const version = stored && followedVersion(options, entry, stored);
  return version === undefined ? undefined : await releaseFacts(options, entry, version);
}

/** A model in the list of models. */
export async function summarise(
  context: ServingContext,
  entry: ModelEntry,
  facts: StoredFacts,
): Promise<ModelSummary> {
  const { options } = context;
  const { versions, channels } = facts;
  const { name, served, config, metadata } = entry;
  const status = options.models.status().find(({ model }) => model === name);
  const { current, stale, failure, generation } = served.state();
  const unloaded = await unloadedFacts(context, entry, facts);
  const task = (metadata() ?? unloaded?.metadata)?.task;
  const digest = current ? mainDigest(current) : unloaded?.digest;
  const loaded = status?.versions ?? [];
  const requests = loaded.reduce((sum, each) => sum + each.requests, 0);
  const errors = loaded.reduce((sum, each) => sum + each.errors, 0);
  const main = loaded.find(({ version }) => version === status?.serving);
  return {
    model: name,
    ...(task && { task }),
    channels: Object.fromEntries(channels.map(({ channel, version }) => [channel, version])),
    serving: shares(status, config.current().value.traffic?.weights),
    location: locationOf(entry, status),
    stale: stale !== undefined,
    pinned: status?.pinned ?? options.configured?.[name]?.pin ?? false,
    memoryBytes: loaded.reduce((sum, each) => sum + (each.memoryBytes ?? 0), 0),
    requests,
    errorRate: requests === 0 ? 0 : errors / requests,
    latency: { p50: finite(main?.latency.p50), p95: finite(main?.latency.p95) },
    ...(digest !== undefined && { digest }),
    trust: current?.foundIn === "local" ? 0 : trustLevel(options),
    versions: versions.length,
    generation,
    queued: status?.queued ?? 0,
    ...(status?.shadow && { shadow: status.shadow }),
    ...(failure && { failure }),
  };
}

const finite = (value: number | undefined): number =>
  value !== undefined && Number.isFinite(value) ? value : 0;

function shares(
  status: ModelStatus | undefined,
  weights: Readonly<Record<string, number>> | undefined,
): ModelSummary["serving"] {
  if (status?.serving === undefined) return [];
  const ready = new Set(status.versions.map(({ version }) => version));
  const named = Object.entries(weights ?? {}).filter(
    ([version, share]) => share > 0 && ready.has(version),
  );
  const sum = named.reduce((total, [, share]) => total + share, 0);
  if (sum === 0) return [{ version: status.serving, share: 1 }];
  return named.map(([version, share]) => ({ version, share: share / sum }));
}

/** Where the weights of the version that answers are. */
export function locationOf(
  { served }: ModelEntry,
  status: ModelStatus | undefined,
): ModelSummary["location"] {
  if (status?.serving !== undefined) return "loaded";
  const { current } = served.state();
  if (current === undefined) return "remote";
  return current.foundIn === "local" ? "local" : "cached";
}

/** `GET /api/v1/models/:model`. */
export async function describeModel(
  context: ServingContext,
  entry: ModelEntry,
): Promise<ModelDetails> {
  const { name, link, served, config } = entry;
  const facts = await storedFacts(entry).catch(() => ({ versions: [], channels: [] }));
  await config.look().catch(() => undefined);
  const serving = served.state().current?.files;
  const versions =
    link === undefined || facts.versions.length === 0
      ? []
      : await link.use((driver) =>
          Promise.all(
            facts.versions.slice(0, mostVersions).map(async (listed) => {
              const yanked = listed.isYanked
                ? await readYanked(driver, name, listed.version)
                : undefined;
              return await versionDetails(driver, name, listed, { serving, yanked });
            }),
          ),
        );
  const unloaded = await unloadedFacts(context, entry, facts);
  const metadata = (await describeMetadata(entry, () => Promise.resolve(unloaded))) ?? {};
  const card = serving ? await loadedCard(serving.files) : await unloaded?.card();
  return {
    model: await summarise(context, entry, facts),
    versions: versions.map(({ details }) => details),
    metadata,
    card: card ?? null,
    config: config.current(),
    metrics: metricSeries(versions),
  };
}

/** What is taken from a store has passed whatever is configured; there is no way around it. */
function trustLevel({ attestation, keys = [] }: ServingContext["options"]): 0 | 1 | 2 {
  if (attestation !== undefined) return 2;
  return keys.length > 0 ? 1 : 0;
}
