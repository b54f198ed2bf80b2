import type { Driver } from "@plimsoll/storage";
import { objectUrl } from "./connections.ts";
import { codeOf } from "./problem.ts";

/**
 * The URLs under which others will read the files of a version, by name: one for each store, in the order of the
 * stores; `namesAt` says what lies in one of them. `publicUrl` stands for the first store's own URL. A release host tells its URLs only when it has the files:
 * one that cannot is left out, and named to `onMissing`.
 */
export async function locateFiles(
  drivers: readonly Driver[],
  prefix: string,
  namesAt: (driver: Driver) => readonly string[],
  options: {
    readonly publicUrl?: string | undefined;
    readonly signal?: AbortSignal | undefined;
    readonly onMissing: (driver: Driver, error: unknown) => void;
  },
): Promise<ReadonlyMap<string, readonly string[]>> {
  const urls = new Map<string, string[]>();
  const add = (name: string, url: string): void => {
    urls.set(name, [...(urls.get(name) ?? []), url]);
  };
  for (const [index, driver] of drivers.entries()) {
    const names = namesAt(driver);
    let located: ReadonlyMap<string, string> | undefined;
    try {
      located = await driver.release?.locate(
        prefix,
        names,
        options.signal ? { signal: options.signal } : {},
      );
    } catch (error) {
      if (codeOf(error) === undefined) throw error;
      options.onMissing(driver, error);
      continue;
    }
    for (const name of names) {
      const url =
        index === 0 && options.publicUrl !== undefined
          ? joinUrl(options.publicUrl, prefix + name)
          : (located?.get(name) ?? driver.locate(prefix + name));
      add(name, url);
    }
  }
  for (const driver of drivers) {
    if (driver.presign === undefined || options.publicUrl !== undefined) continue;
    for (const name of namesAt(driver)) add(name, objectUrl(driver.url, prefix + name));
  }
  return urls;
}

/** A key below a base URL; `+` and `@` are escaped, since S3 takes a plain `+` for a space. */
export function joinUrl(base: string, key: string): string {
  const path = key.split("/").map(encodeURIComponent).join("/");
  return `${base.replace(/\/+$/, "")}/${path}`;
}
