import type { Driver } from "@plimsoll/storage";

/**
 * A store that is opened at its first use, and again at the next one if that failed: a host that is out of reach never
 * stops a start. Powers are known only once it is open.
 */
export function lazyStore(url: string, open: () => Promise<Driver>): Driver {
  let opened: Driver | undefined;
  let opening: Promise<Driver> | undefined;

  function get(): Promise<Driver> {
    opening ??= open().then(
      (driver) => (opened = driver),
      (error: unknown) => {
        opening = undefined;
        throw error;
      },
    );
    return opening;
  }

  return {
    get kind() {
      return opened?.kind ?? "unopened";
    },
    get url() {
      return opened?.url ?? url.replace(/\?.*$/, "");
    },
    stat: async (...args) => (await get()).stat(...args),
    read: async (...args) => (await get()).read(...args),
    write: async (...args) => (await get()).write(...args),
    async *list(...args) {
      yield* (await get()).list(...args);
    },
    remove: async (...args) => (await get()).remove(...args),
    locate(key) {
      if (opened === undefined) throw new Error(`${url}: is not open yet`);
      return opened.locate(key);
    },
    get swap() {
      const driver = opened;
      return (
        driver?.swap &&
        ((...args: Parameters<NonNullable<Driver["swap"]>>) =>
          (driver.swap as NonNullable<Driver["swap"]>)(...args))
      );
    },
    async close() {
      await opening?.then(
        (driver) => driver.close(),
        () => undefined,
      );
    },
  } as Driver;
}
