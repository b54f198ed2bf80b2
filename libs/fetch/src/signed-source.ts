import { StorageError, type Driver, type HttpClient } from "@plimsoll/storage";
import { answerOf, askHttp, refusesThisAddress } from "./http-source.ts";
import type { Answer, Ask, Source } from "./source.ts";
import { StoreSource } from "./store-source.ts";

/** Longer than a lane needs between two signatures, short enough to be worthless soon. */
const lifeSeconds = 900;
/** A signature is renewed before its end: requests that wait in a queue must still arrive in time. */
const useMs = 600_000;

/**
 * An object in a store that signs addresses: read over HTTP from a signed one, which costs less memory and time than the
 * vendor's stream. Where signing does not work (an account without a key) or the host refuses it, through the driver,
 * which also knows best why.
 */
export class SignedSource implements Source {
  readonly url: string;
  readonly #open: () => Promise<{ readonly driver: Driver; readonly key: string }>;
  readonly #http: HttpClient;
  readonly #now: () => number;
  readonly #store: StoreSource;
  #opened: Promise<{ readonly driver: Driver; readonly key: string }> | undefined;
  #signed: { readonly address: string; readonly until: number } | undefined;
  #isPlain = false;

  /** `open` is called once, at the first request. */
  constructor(
    url: string,
    open: () => Promise<{ readonly driver: Driver; readonly key: string }>,
    { http, now }: { readonly http: HttpClient; readonly now: () => number },
  ) {
    this.url = url;
    this.#http = http;
    this.#now = now;
    this.#open = () => (this.#opened ??= open());
    this.#store = new StoreSource(url, this.#open);
  }

  async ask(ask: Ask): Promise<Answer> {
    // A signature that expired is renewed once; a second refusal is not about its age.
    for (let tries = 1; tries <= 2 && !this.#isPlain; tries += 1) {
      const address = await this.#address();
      if (address === undefined) break;
      try {
        return answerOf(await askHttp(this.#http, address, ask));
      } catch (error) {
        if (!refusesThisAddress(error)) throw error;
        if (this.#signed?.address === address) this.#signed = undefined;
      }
    }
    this.#isPlain = true;
    return this.#store.ask(ask);
  }

  /** Undefined where the store signs nothing, or not for this account. */
  async #address(): Promise<string | undefined> {
    const now = this.#now();
    if (this.#signed !== undefined && now < this.#signed.until) return this.#signed.address;
    const { driver, key } = await this.#open();
    if (driver.presign === undefined) return undefined;
    try {
      const { url } = await driver.presign(key, { expiresInSeconds: lifeSeconds });
      this.#signed = { address: url, until: now + useMs };
      return url;
    } catch (error) {
      if (error instanceof StorageError) return undefined;
      throw error;
    }
  }
}
