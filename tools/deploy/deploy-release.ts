import type { Driver } from "@plimsoll/storage";
import { promoteRelease, rollbackChannel } from "@plimsoll/weights";
import type { TrustedKey } from "@plimsoll/manifest";
import type { KeyObject } from "node:crypto";
import type { Expected } from "../smoke/smoke-test.ts";
import type { ServerClient } from "../smoke/server-client.ts";
import type { Platform } from "./platforms.ts";
import { reload, untilServed, type WaitOptions } from "./replica.ts";
import { watch, type WatchOptions } from "./watch.ts";

export interface DeployOptions extends WaitOptions, WatchOptions {
  readonly channel: string;
  /** Share of the requests, 1 to 99 of 100, that the new version gets on the first replica before all others. */
  readonly canary?: number | undefined;
  /** How long the canary is watched; default 30,000. */
  readonly canaryMs?: number;
  /** Gates of the promotion. */
  readonly require?: readonly string[] | undefined;
  readonly requireSmoke?: boolean | undefined;
  readonly keys?: readonly TrustedKey[] | undefined;
  readonly signingKeys?: readonly KeyObject[] | undefined;
  readonly issuedBy?: string | undefined;
  /** Told what is done, a line each. */
  readonly log?: (line: string) => void;
}

/** How a deployment ended. */
export interface Deployed {
  readonly outcome: "deployed" | "rolled-back" | "failed";
  readonly version: string;
  /** What the channel named before. */
  readonly previous: string | undefined;
  /** Why it is not deployed. */
  readonly reason?: string;
}

/** What takes part in a deployment. */
export interface DeployTargets {
  readonly store: Driver;
  /** The replicas; each is told and waited for. */
  readonly servers: readonly ServerClient[];
  /** Hosts that restart or rebuild an app instead; replicas may be given as well, to be waited for. */
  readonly platforms: readonly Platform[];
}

/**
 * Puts a release into service: a canary where one is wanted, then the channel, then every replica; waits until each
 * serves the released bytes and watches them. Whatever fails after the channel moved moves it back, tells the replicas,
 * and waits until they serve what they served before: `rolled-back`. `failed` is what could not be taken back either.
 *
 * Throws only what the promotion throws, before anything changed for anybody.
 */
export async function deployRelease(
  { store, servers, platforms }: DeployTargets,
  expected: Expected,
  options: DeployOptions,
): Promise<Deployed> {
  const { model, release, digests } = expected;
  const { channel, canary, log = () => undefined } = options;
  const wanted = { model, version: release, digests };
  const [first] = servers;
  if (canary !== undefined && first !== undefined) {
    const before = (await first.model(model))?.serving[0];
    if (before !== undefined && before !== release) {
      const share = { [release]: canary, [before]: 100 - canary };
      await traffic(first, model, share);
      log(`canary: ${canary} % of ${first.url} to ${release}`);
      try {
        const watchMs = options.canaryMs ?? 30_000;
        const seen = await watchCanary(first, expected, { ...options, watchMs });
        log(`canary: ${seen}`);
      } catch (error) {
        await traffic(first, model, {});
        const reason = `the canary failed: ${(error as Error).message}`;
        return { outcome: "rolled-back", version: before, previous: before, reason };
      }
      await traffic(first, model, {});
    }
  }
  const move = await promoteRelease({
    store,
    model,
    release,
    channel,
    require: options.require,
    requireSmoke: options.requireSmoke,
    keys: options.keys,
    signingKeys: options.signingKeys,
    issuedBy: options.issuedBy,
  });
  const { previous } = move;
  log(`${channel} of ${model}: ${previous ?? "nothing"} → ${release}`);
  try {
    for (const platform of platforms) log(await platform.deploy());
    for (const server of servers) {
      if (platforms.length === 0) await reload(server, wanted);
      await untilServed(server, wanted, options);
      log(`${server.url}: serves ${release}`);
    }
    log(`watched: ${await watch(servers, expected, options)}`);
    return { outcome: "deployed", version: release, previous };
  } catch (error) {
    const reason = (error as Error).message;
    log(`failed: ${reason}`);
    if (previous === undefined || previous === release) {
      return { outcome: "failed", version: release, previous, reason };
    }
    return await takeBack({ store, servers, platforms }, { model, previous, reason }, options);
  }
}

/** Moves the channel back and waits for the replicas; one that does not answer is named in the reason. */
async function takeBack(
  { store, servers, platforms }: DeployTargets,
  failure: { readonly model: string; readonly previous: string; readonly reason: string },
  options: DeployOptions,
): Promise<Deployed> {
  const { model, previous, reason } = failure;
  const { channel, keys, signingKeys, issuedBy, log = () => undefined } = options;
  await rollbackChannel({ store, model, channel, release: previous, keys, signingKeys, issuedBy });
  log(`${channel} of ${model}: back to ${previous}`);
  const lost: string[] = [];
  for (const platform of platforms) {
    await platform.deploy().then(log, (error: Error) => lost.push(error.message));
  }
  const back = { model, version: previous, digests: new Set<string>() };
  for (const server of servers) {
    try {
      if (platforms.length === 0) await reload(server, back);
      await untilServed(server, back, options);
      log(`${server.url}: serves ${previous} again`);
    } catch (error) {
      lost.push((error as Error).message);
    }
  }
  if (lost.length === 0) return { outcome: "rolled-back", version: previous, previous, reason };
  const also = `${reason}; the channel is back at ${previous}, but ${lost.join("; ")}`;
  return { outcome: "failed", version: previous, previous, reason: also };
}

async function traffic(
  server: ServerClient,
  model: string,
  weights: Readonly<Record<string, number>>,
): Promise<void> {
  await server.json("POST", `/api/v1/admin/models/${model}/traffic`, { weights });
}

/** A canary is judged by what it answers and by the server's own count of errors. */
async function watchCanary(
  server: ServerClient,
  { model, release, golden }: Expected,
  options: DeployOptions,
): Promise<string> {
  const before = await server.model(model);
  const seen = await watch([server], { model, release, golden }, options);
  const after = await server.model(model);
  const { maxErrorRate = 0 } = options;
  if ((after?.errorRate ?? 0) > Math.max(maxErrorRate, before?.errorRate ?? 0)) {
    throw new Error(`${((after?.errorRate ?? 0) * 100).toFixed(1)} % of all predictions fail`);
  }
  return seen;
}
