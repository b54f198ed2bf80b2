import { checkKey, checkPrefix } from "../check-key.ts";
import type { Driver, ListEntry } from "../driver.ts";
import { StorageError } from "../error.ts";
import { httpClient } from "../http/create-client.ts";
import type { StoreLocation } from "../store-location.ts";
import type { DriverSettings } from "./driver-factory.ts";
import { readOverHttp } from "./http/read-over-http.ts";
import { statOverHttp } from "./http/stat-over-http.ts";

/**
 * A store on a plain web host: a key is a path below the store's URL, and nothing can be written or listed. Requests
 * that fail in a way that may pass are tried four times; a body that is cut is not begun again here.
 */
export function openHttpStore(location: StoreLocation, settings: DriverSettings): Driver {
  const { env, allowHttp, credentials, clock, ca } = settings;
  const shared = settings.http;
  const client =
    shared ??
    httpClient({ env, allowHttp, credentials, clock, ...(ca === undefined ? {} : { ca }) });

  function locate(key: string): string {
    checkKey(key);
    // "+" and "@" as well: a host that takes "+" for a space is not rare.
    return `${location.url}/${key.split("/").map(encodeURIComponent).join("/")}`;
  }

  function refuse(what: string): StorageError {
    const text = `${location.url} is a read-only store, ${what}; publish to s3://, gs://, github://, hf:// or a folder`;
    return new StorageError("E_AUTH", text);
  }

  const source = { client, locate, sleep: settings.sleep, random: settings.random };
  return {
    kind: "http",
    url: location.url,
    stat: async (key, options = {}) => statOverHttp(source, key, options),
    read: async (key, options = {}) => readOverHttp(source, key, options),
    async write(key) {
      checkKey(key);
      throw refuse(`${key} cannot be written`);
    },
    list: (prefix) =>
      refusing(() => {
        checkPrefix(prefix);
        throw refuse("a web host lists nothing");
      }),
    async remove(key) {
      checkKey(key);
      throw refuse(`${key} cannot be removed`);
    },
    locate,
    async close() {
      if (shared === undefined) client.close();
    },
  };
}

/** A listing whose first step throws. */
function refusing(refuse: () => never): AsyncIterable<ListEntry> {
  return { [Symbol.asyncIterator]: () => ({ next: async () => refuse() }) };
}
