import { StorageError, type Driver } from "@plimsoll/storage";
import type { Answer, Ask, Source } from "./source.ts";

/** An object in a store that is read through its driver: `s3://bucket/key`, a local folder. */
export class StoreSource implements Source {
  readonly url: string;
  readonly #open: () => Promise<{ readonly driver: Driver; readonly key: string }>;
  #opened: Promise<{ readonly driver: Driver; readonly key: string }> | undefined;
  #size: number | undefined;

  /** `open` is called once, at the first request. */
  constructor(url: string, open: () => Promise<{ readonly driver: Driver; readonly key: string }>) {
    this.url = url;
    this.#open = open;
  }

  async ask({ start, end, validator, signal }: Ask): Promise<Answer> {
    this.#opened ??= this.#open();
    const { driver, key } = await this.#opened;
    const ranged = start !== undefined && end !== undefined;
    const last = ranged ? Math.min(end, await this.#sizeOf(driver, key, signal)) : 0;
    const asked = ranged && start < last ? { start, end: last } : {};
    const { stat, body } = await driver.read(key, {
      signal,
      ...asked,
      ...(validator === undefined ? {} : { ifMatch: validator }),
    });
    this.#size = stat.size;
    return {
      whole: !("start" in asked) || (start === 0 && last === stat.size),
      totalBytes: stat.size,
      validator: stat.etag,
      contentType: undefined,
      pump: async (take) => {
        for await (const part of body) await take(part);
      },
    };
  }

  /** A driver refuses a range beyond the end, and the first range is asked before the size is known. */
  async #sizeOf(driver: Driver, key: string, signal: AbortSignal): Promise<number> {
    if (this.#size !== undefined) return this.#size;
    const stat = await driver.stat(key, { signal });
    if (stat === undefined) {
      throw new StorageError("E_NOT_FOUND", `${driver.url}: ${key} is not there`);
    }
    this.#size = stat.size;
    return stat.size;
  }
}
