import { checkKey, checkPrefix } from "../check-key.ts";
import type { Driver, ListEntry } from "../driver.ts";
import { StorageError } from "../error.ts";
import { httpClient } from "../http/create-client.ts";
import type { StoreLocation } from "../store-location.ts";
import type { DriverSettings } from "./driver-factory.ts";
import { putFile } from "./github/change-branch.ts";
import { githubClient } from "./github/github-client.ts";
import type { GithubContext } from "./github/github-context.ts";
import { readGithubSettings } from "./github/github-settings.ts";
import { githubTuning, type GithubTuning } from "./github/github-tuning.ts";
import { listObjects } from "./github/list-objects.ts";
import { locateAssets, locateKey } from "./github/locate-assets.ts";
import { versionOfPrefix, type VersionId } from "./github/place.ts";
import { publishRelease } from "./github/publish-release.ts";
import { readObject, statObject } from "./github/read-object.ts";
import { removeObject } from "./github/remove-object.ts";
import { writeObject } from "./github/write-object.ts";

/**
 * A store in the releases of a GitHub repository; docs/how-to/store-github.md says what lies where. A version is a draft
 * until `release.publish`: only the store that wrote it sees it, or one that was opened with `unpublished`. What is no
 * version is a file of the branch `plimsoll-channels`.
 */
export function openGithubStore(
  location: StoreLocation,
  driver: DriverSettings,
  tuning: GithubTuning = githubTuning,
): Driver {
  const { env, allowHttp, clock, ca } = driver;
  const shared = driver.http;
  const http = shared ?? httpClient({ env, allowHttp, clock, ...(ca === undefined ? {} : { ca }) });
  const settings = readGithubSettings(location, env);
  let calls = 0;
  const context: GithubContext = {
    settings,
    driver,
    tuning,
    octokit: githubClient(settings, () => (calls += 1)),
    http,
    opened: new Map(),
    views: new Map(),
    signed: new Map(),
    branchTurn: Promise.resolve(),
    isPrivate: false,
  };

  return {
    kind: "github",
    url: location.url,
    limits: {
      maxObjectBytes: 2 ** 31 - 1,
      // 1.9 GiB, and room for what a person puts on a slow line again.
      splitBytes: 2_040_109_465,
      maxObjectsPerVersion: 1000,
      createsPerMinute: 80,
      createsPerHour: 500,
      // 1,000 for a workflow's own token: https://docs.github.com/rest/using-the-rest-api/rate-limits-for-the-rest-api
      apiCallsPerHour: 5000,
      concurrency: 4,
    },
    apiCalls: () => calls,
    async stat(key, options) {
      checkKey(key);
      return statObject(context, key, options);
    },
    async read(key, options) {
      checkKey(key);
      return readObject(context, key, options);
    },
    async write(key, source, options = {}) {
      checkKey(key);
      return writeObject(context, key, source, options);
    },
    list: (prefix, options) => checked(prefix, () => listObjects(context, prefix, options)),
    async remove(key, options) {
      checkKey(key);
      await removeObject(context, key, options);
    },
    locate(key) {
      checkKey(key);
      return locateKey(context, key);
    },
    async close() {
      if (shared === undefined) http.close();
    },
    async swap(key, bytes, { expected, signal }) {
      checkKey(key);
      const wanted = expected === null ? ({ absent: true } as const) : { sha: expected };
      try {
        return await putFile(context, key, bytes, wanted, signal);
      } catch (error) {
        if (!(error instanceof StorageError) || error.code !== "E_EXISTS") throw error;
        throw new StorageError("E_CONFLICT", error.message, { cause: error });
      }
    },
    release: {
      async publish(prefix, { signal } = {}) {
        await publishRelease(context, versionOf(location, prefix), signal);
      },
      async locate(prefix, names, { signal } = {}) {
        return locateAssets(context, versionOf(location, prefix), names, signal);
      },
    },
  } satisfies Driver;
}

function versionOf(location: StoreLocation, prefix: string): VersionId {
  const id = versionOfPrefix(prefix);
  if (id !== undefined) return id;
  const text = `${location.url}: "${prefix}" is no version, write models/<model>/<version>/`;
  throw new StorageError("E_USAGE", text);
}

/** A generator, so that a bad prefix throws at the first step and not at the call. */
async function* checked(
  prefix: string,
  list: () => AsyncIterable<ListEntry>,
): AsyncIterable<ListEntry> {
  checkPrefix(prefix);
  yield* list();
}
