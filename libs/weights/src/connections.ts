import type { Fetcher, FetchEvent, FetchOptions } from "@plimsoll/fetch";
import type { Driver, HttpClient } from "@plimsoll/storage";
import type { StoreOpener } from "./publish-request.ts";
import { releaseAddress } from "./release-address.ts";

/** What is open towards the outside during one run. Nothing is, and no code for it is loaded, until it is asked for. */
export interface Connections {
  http(): Promise<HttpClient>;
  /** The store at a URL; opened once. */
  store(url: string): Promise<Driver>;
  /** A URL for an object of an open store, which `resolve` leads back to that store. */
  name(driver: Driver, key: string): string;
  /** The store and key of an object's URL. */
  resolve(url: string): Promise<{ readonly driver: Driver; readonly key: string }>;
  /** For the URL of a GitHub release's asset: the asset as an object of its store, where there is a token to ask with. */
  readonly withToken: (url: string) => string | undefined;
  fetcher(): Promise<Fetcher>;
  close(): Promise<void>;
}

export interface ConnectionOptions {
  readonly headers?: Readonly<Record<string, Readonly<Record<string, string>>>> | undefined;
  readonly allowHttp?: boolean | undefined;
  readonly env?: Readonly<Record<string, string | undefined>> | undefined;
  readonly openStore?: StoreOpener | undefined;
  readonly fetch?: FetchOptions | undefined;
  readonly signal?: AbortSignal | undefined;
  readonly onFetchEvent?: ((event: FetchEvent) => void) | undefined;
}

/** Connections that are made when they are first needed and closed together. */
export function openConnections(options: ConnectionOptions): Connections {
  const { headers, allowHttp, env, signal } = options;
  const stores = new Map<string, Promise<Driver>>();
  const named = new Map<string, { readonly driver: Driver; readonly key: string }>();
  const { GITHUB_TOKEN, GH_TOKEN } = env ?? process.env;
  const hasToken = Boolean(GITHUB_TOKEN || GH_TOKEN);
  let http: Promise<HttpClient> | undefined;
  let fetcher: Promise<Fetcher> | undefined;
  const settings = {
    ...(headers && { credentials: headers }),
    ...(allowHttp !== undefined && { allowHttp }),
  };

  const makeHttp = async (): Promise<HttpClient> => {
    if (options.fetch?.http) return options.fetch.http;
    const { httpClient } = await import("@plimsoll/storage");
    return httpClient({ ...settings, ...(env && { env }) });
  };
  const openStoreAt = async (url: string): Promise<Driver> => {
    if (options.openStore) return await options.openStore(url);
    const { openStore } = await import("@plimsoll/storage");
    return await openStore(url, { ...settings, ...(env && { env }), ...(signal && { signal }) });
  };
  const connections: Connections = {
    http: () => (http ??= makeHttp()),
    store(url) {
      let store = stores.get(url);
      if (store === undefined) stores.set(url, (store = openStoreAt(url)));
      return store;
    },
    name(driver, key) {
      const url = objectUrl(driver.url, key);
      named.set(url, { driver, key });
      return url;
    },
    async resolve(url) {
      const known = named.get(url);
      if (known) return known;
      const { store, key } = splitObjectUrl(url);
      return { driver: await connections.store(store), key };
    },
    withToken: (url) => (hasToken ? releaseAddress(url) : undefined),
    fetcher: () =>
      (fetcher ??= (async () => {
        const { openFetcher } = await import("@plimsoll/fetch");
        return openFetcher({
          resolve: connections.resolve,
          ...options.fetch,
          http: await connections.http(),
          ...(signal && { signal }),
          ...(options.onFetchEvent && { onEvent: options.onFetchEvent }),
        });
      })()),
    async close() {
      const ignore = (): undefined => undefined;
      await (await fetcher?.catch(ignore))?.close();
      for (const store of stores.values()) await (await store.catch(ignore))?.close().catch(ignore);
      if (!options.fetch?.http) (await http?.catch(ignore))?.close();
    },
  };
  return connections;
}

/**
 * Splits the URL of an object into its store and its key. The store is the folder that the object lies in, so that no
 * part of the path but the file's name has to fit the grammar of keys; a repository is always the whole one.
 */
export function splitObjectUrl(url: string): { readonly store: string; readonly key: string } {
  const { path, query } = splitQuery(url);
  const repository = /^((?:github|hf):\/\/[^/]+\/[^/]+)\/(.+)$/.exec(path);
  const cut = repository?.[1]?.length ?? path.lastIndexOf("/");
  return {
    store: path.slice(0, cut) + query,
    key: path
      .slice(cut + 1)
      .split("/")
      .map(decodeURIComponent)
      .join("/"),
  };
}

/** The URL of a key in a store: what `splitObjectUrl` takes apart. */
export function objectUrl(store: string, key: string): string {
  const { path, query } = splitQuery(store);
  return `${path.replace(/\/+$/, "")}/${key.split("/").map(encodeURIComponent).join("/")}${query}`;
}

function splitQuery(url: string): { readonly path: string; readonly query: string } {
  const at = url.indexOf("?");
  return at < 0 ? { path: url, query: "" } : { path: url.slice(0, at), query: url.slice(at) };
}
