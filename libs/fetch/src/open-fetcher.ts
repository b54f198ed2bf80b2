import { httpClient } from "@plimsoll/storage";
import { BlockPool } from "./block-pool.ts";
import { DiskThread } from "./disk-thread.ts";
import { FetchError } from "./error.ts";
import { fetchDefaults, type FetchSettings } from "./fetch-defaults.ts";
import { fetchOne, type FetchTools } from "./fetch-one.ts";
import type { Fetcher, FetchOptions, FetchRequest, FetchResult } from "./fetch-request.ts";
import { HttpSource } from "./http-source.ts";
import { LanePool } from "./lane-pool.ts";
import { RateLimit } from "./rate-limit.ts";
import { Reporter } from "./reporter.ts";
import { showUrl } from "./show-url.ts";
import { StopTree } from "./stop-tree.ts";
import type { Source } from "./source.ts";
import { SignedSource } from "./signed-source.ts";

/** Files that are synced at the same time: a file system writes down several flushes as one. Node has four threads. */
const syncsAtOnce = 4;

/** What one write to the disk carries. */
const blockBytes = 262_144;

/**
 * Opens a pool of lanes that several files share. `fetchFile` may be called for all of them at once: files begin in the
 * order of the calls. Close it when done: connections and a thread belong to it.
 */
export function openFetcher(options: FetchOptions = {}): Fetcher {
  const settings = settle(options);
  const http = options.http ?? httpClient({ maxSockets: settings.lanes });
  const stop = new StopTree();
  stop.follow(options.signal);
  const tools: FetchTools = {
    settings,
    now: settings.now,
    blocks: new BlockPool(blockBytes, settings.lanes * 2),
    thread: new DiskThread(),
    pool: new LanePool(settings.lanes),
    limit: limitOf(options, settings),
    files: new LanePool(settings.lanes * 2),
    syncs: new LanePool(syncsAtOnce),
    open: (url, name) => openSource(url, name, http, { ...options, now: settings.now }),
  };
  const running = new Set<Promise<FetchResult>>();

  const fetchFile: Fetcher["fetchFile"] = async (request: FetchRequest, own = {}) => {
    const onEvent = own.onEvent ?? options.onEvent;
    const fileStop = new StopTree(stop);
    if (own.signal !== options.signal) fileStop.follow(own.signal);
    const reporter = new Reporter(request.name, onEvent, settings.now);
    const file = fetchOne(request, tools, reporter, fileStop);
    running.add(file);
    try {
      return await file;
    } finally {
      running.delete(file);
      fileStop.end();
    }
  };

  const close = async (): Promise<void> => {
    stop.stop(new Error("the fetcher was closed"));
    await Promise.allSettled(running);
    stop.end();
    await tools.thread.close();
    if (options.http === undefined) http.close();
  };
  return { fetchFile, close };
}

/** Brings one file with a fetcher of its own. For several files open one fetcher for all of them. */
export async function fetchFile(
  request: FetchRequest,
  options: FetchOptions = {},
): Promise<FetchResult> {
  const fetcher = openFetcher(options);
  try {
    return await fetcher.fetchFile(request);
  } finally {
    await fetcher.close();
  }
}

function settle(options: FetchOptions): FetchSettings {
  const given = Object.entries(options).filter(([, value]) => value !== undefined);
  const { lanes, lanesPerFile, ...rest } = { ...fetchDefaults, ...Object.fromEntries(given) };
  return { ...rest, lanes, lanesPerFile: Math.min(lanes, lanesPerFile) };
}

function limitOf(
  { maxBytesPerSecond }: FetchOptions,
  settings: FetchSettings,
): RateLimit | undefined {
  return maxBytesPerSecond === undefined ? undefined : new RateLimit(maxBytesPerSecond, settings);
}

function openSource(
  url: string,
  name: string,
  http: ReturnType<typeof httpClient>,
  { resolve, now }: Pick<FetchOptions, "resolve"> & Pick<FetchSettings, "now">,
): Source {
  if (/^https?:\/\//i.test(url)) return new HttpSource(url, http);
  if (resolve === undefined) {
    const way = "give `resolve` to read from stores";
    throw new FetchError("E_USAGE", `${name}: ${showUrl(url)} is not a web address: ${way}`);
  }
  return new SignedSource(url, () => resolve(url), { http, now });
}
