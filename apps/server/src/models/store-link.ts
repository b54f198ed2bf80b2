import { type Driver, openStore } from "@plimsoll/storage";
import { WeightsError } from "@plimsoll/weights";
import { codeOf } from "./code-of.ts";

/** How the store could be reached lately. */
export interface LinkState {
  /** As a person would type it, without secrets. */
  readonly url: string;
  readonly kind: string | undefined;
  /** Undefined until the first answer or failure. */
  readonly isReachable: boolean | undefined;
  readonly lastContactAt: Date | undefined;
  readonly error: { readonly code: string; readonly message: string } | undefined;
  /** When it is asked again at the earliest. */
  readonly retryAt: Date | undefined;
}

/** The way to one store. It is opened when it is first needed; while it is unreachable it is asked seldom. */
export interface StoreLink {
  readonly url: string;
  /**
   * Works with the store and notes how it went. While the store is known to be unreachable and its pause has not passed,
   * throws the last failure at once.
   */
  use<Result>(work: (driver: Driver) => Promise<Result>): Promise<Result>;
  /** The same with a driver that was opened for writing: hosts are then asked for conditional writes. */
  write<Result>(work: (driver: Driver) => Promise<Result>): Promise<Result>;
  state(): LinkState;
  close(): Promise<void>;
}

export interface StoreLinkOptions {
  readonly url: string;
  readonly env?: Readonly<Record<string, string | undefined>>;
  readonly headers?: Readonly<Record<string, Readonly<Record<string, string>>>>;
  readonly allowHttp?: boolean;
  /** Takes nothing from the network; only a folder is opened then. */
  readonly offline?: boolean;
  readonly log?: (line: string) => void;
  readonly now?: () => number;
  /** From 0 to below 1. */
  readonly random?: () => number;
  /** First pause after a failure, ms; doubles with each further one. Default 1,000. */
  readonly firstPauseMs?: number;
  /** Default 60,000. */
  readonly longestPauseMs?: number;
  readonly open?: (url: string, options: { readonly forWriting: boolean }) => Promise<Driver>;
}

/** Failures that say nothing about a request, only that the host is out of reach. */
const unreachable = new Set(["E_NETWORK", "E_TIMEOUT"]);

export function openStoreLink(options: StoreLinkOptions): StoreLink {
  const { url, now = Date.now, random = Math.random, log = () => undefined } = options;
  const { firstPauseMs = 1_000, longestPauseMs = 60_000, offline = false } = options;
  const shown = url.replace(/\/\/[^/@]*@/, "//").replace(/[?#].*$/, "");
  const opening: { read?: Promise<Driver>; write?: Promise<Driver> } = {};
  let kind: string | undefined;
  let failures = 0;
  let lastContactAt: Date | undefined;
  let retryAt: number | undefined;
  let failure: unknown;

  const open = async (forWriting: boolean): Promise<Driver> => {
    if (offline && /^[a-z][a-z0-9+.-]+:/i.test(url) && !/^file:/i.test(url)) {
      throw new WeightsError(
        "E_NETWORK",
        `${shown}: the network may not be used (PLIMSOLL_OFFLINE)`,
      );
    }
    if (options.open) return await options.open(url, { forWriting });
    return await openStore(url, {
      ...(options.env && { env: options.env }),
      ...(options.headers && { credentials: options.headers }),
      ...(options.allowHttp !== undefined && { allowHttp: options.allowHttp }),
      forWriting,
      log,
    });
  };

  const noteGood = (driver: Driver): void => {
    kind = driver.kind;
    if (failure !== undefined || lastContactAt === undefined) log(`connected to ${driver.url}`);
    failures = 0;
    failure = undefined;
    retryAt = undefined;
    lastContactAt = new Date(now());
  };

  const noteBad = (error: unknown): void => {
    failures += 1;
    const pause = Math.min(longestPauseMs, firstPauseMs * 2 ** (failures - 1));
    const jittered = pause * (0.75 + random() / 2);
    retryAt = now() + jittered;
    if (failure === undefined) {
      log(
        `${shown} cannot be reached, tried again in ${Math.ceil(jittered / 1_000)} s: ${said(error)}`,
      );
    }
    failure = error;
  };

  const run = async <Result>(
    way: "read" | "write",
    work: (driver: Driver) => Promise<Result>,
  ): Promise<Result> => {
    if (failure !== undefined && retryAt !== undefined && now() < retryAt) throw failure;
    let driver: Driver | undefined;
    try {
      driver = await (opening[way] ??= open(way === "write"));
      const result = await work(driver);
      noteGood(driver);
      return result;
    } catch (error) {
      if (driver === undefined) delete opening[way];
      const code = codeOf(error) ?? "";
      if (driver === undefined || unreachable.has(code)) noteBad(error);
      else if (code.startsWith("E_") && code !== "E_CANCELLED") noteGood(driver);
      throw error;
    }
  };

  return {
    url,
    use: (work) => run("read", work),
    write: (work) => run("write", work),
    state: () => ({
      url: shown,
      kind,
      isReachable: failure !== undefined ? false : lastContactAt === undefined ? undefined : true,
      lastContactAt,
      error:
        failure === undefined
          ? undefined
          : { code: codeOf(failure) ?? "E_NETWORK", message: said(failure) },
      retryAt: retryAt === undefined ? undefined : new Date(retryAt),
    }),
    async close() {
      for (const driver of [opening.read, opening.write]) {
        await (await driver?.catch(() => undefined))?.close();
      }
    },
  };
}

const said = (error: unknown): string => (error as { message?: string }).message ?? String(error);
