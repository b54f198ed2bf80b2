import type { Driver } from "./driver.ts";
import type { OpenStoreOptions } from "./drivers/driver-factory.ts";
import { driverSettings } from "./drivers/driver-settings.ts";
import { drivers } from "./drivers/index.ts";
import { StorageError } from "./error.ts";
import { checkWebAddress } from "./http/web-address.ts";
import { parseStoreUrl } from "./parse-store-url.ts";
import { storeOptions } from "./store-option.ts";

/**
 * Opens the store that a URL names, see `parseStoreUrl`. The driver's code, and an SDK it may need, is loaded here and
 * not before. Close it when done. Throws `E_USAGE` for a URL that cannot be used, among them `http://` to another
 * machine without `allowHttp`.
 */
export async function openStore(url: string, options: OpenStoreOptions = {}): Promise<Driver> {
  const location = parseStoreUrl(url, options.cwd === undefined ? {} : { cwd: options.cwd });
  const settings = driverSettings(options);
  if (location.kind === "http") checkWebAddress(new URL(location.url), settings.allowHttp);
  for (const [name, value] of Object.entries(location.options)) {
    if (storeOptions[location.kind][name]?.value === "url") {
      checkWebAddress(new URL(value), settings.allowHttp);
    }
  }
  const load = drivers[location.kind];
  if (load === undefined) {
    const kinds = Object.keys(drivers).join(", ");
    throw new StorageError(
      "E_USAGE",
      `${location.url}: no driver for ${location.kind}, only ${kinds}`,
    );
  }
  settings.signal?.throwIfAborted();
  const open = await load();
  settings.signal?.throwIfAborted();
  return open(location, settings);
}
