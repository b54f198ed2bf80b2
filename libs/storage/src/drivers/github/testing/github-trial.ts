import { bytesSource } from "../../../bytes-source.ts";
import type { Driver, ObjectStat, WriteOptions } from "../../../driver.ts";
import type { OpenStoreOptions } from "../../driver-factory.ts";
import { openStore } from "../../../open-store.ts";

/** What a trial needs of the server; tests bring the contract server. */
interface TrialServer {
  readonly store: string;
  readonly token: string;
  close(): Promise<void>;
}

/** A GitHub of a test's own, and stores in its repository. Waits are noted and cost no time. */
export interface GithubTrial<Server extends TrialServer> extends AsyncDisposable {
  readonly server: Server;
  readonly driver: Driver;
  /** Waits of all stores in ms. */
  readonly waits: number[];
  readonly lines: string[];
  /** A further store; without a token it is a stranger's. */
  open(options?: OpenStoreOptions & { readonly token?: string | null }): Promise<Driver>;
}

/** What the server is started with, as far as a trial has a say in it. */
interface TrialClock {
  readonly now?: () => number;
}

/** Makes trials on servers that `start` starts; `query` is appended to the stores' URL. */
export function githubTrials<Server extends TrialServer, Options extends TrialClock>(
  start: (options?: Options) => Promise<Server>,
): (options?: Options & { readonly query?: string }) => Promise<GithubTrial<Server>> {
  return async (options) =>
    makeTrial((clock) => start({ ...clock, ...options } as Options), options?.query);
}

async function makeTrial<Server extends TrialServer>(
  start: (clock: TrialClock) => Promise<Server>,
  query = "",
): Promise<GithubTrial<Server>> {
  let passed = 0;
  const server = await start({ now: () => Date.now() + passed });
  const waits: number[] = [];
  const lines: string[] = [];
  const drivers: Driver[] = [];
  const open: GithubTrial<Server>["open"] = async ({ token = server.token, ...more } = {}) => {
    const driver = await openStore(`${server.store}${query}`, {
      env: token === null ? {} : { GITHUB_TOKEN: token },
      random: () => 1,
      log: (line) => void lines.push(line),
      sleep: (ms) => {
        waits.push(ms);
        passed += ms;
        return Promise.resolve();
      },
      ...more,
    });
    drivers.push(driver);
    return driver;
  };
  return {
    server,
    driver: await open(),
    waits,
    lines,
    open,
    async [Symbol.asyncDispose]() {
      for (const driver of drivers) await driver.close();
      await server.close();
    },
  };
}

/** Writes a text as a publisher writes a file of a version. */
export async function put(
  driver: Driver,
  key: string,
  text: string,
  options: WriteOptions = {},
): Promise<ObjectStat> {
  return driver.write(key, bytesSource(Buffer.from(text), key), { onlyIfAbsent: true, ...options });
}

/** The text under a key. */
export async function textOf(driver: Driver, key: string): Promise<string> {
  const parts: Uint8Array[] = [];
  for await (const part of (await driver.read(key)).body) parts.push(part);
  return Buffer.concat(parts).toString();
}

/** Keys below a prefix, sorted. */
export async function keysOf(driver: Driver, prefix = ""): Promise<string[]> {
  const keys: string[] = [];
  for await (const { key } of driver.list(prefix)) keys.push(key);
  return keys.sort();
}
