import type { SwapResult } from "@plimsoll/inference";
import { parseRelease } from "@plimsoll/manifest";
import { WeightsError } from "@plimsoll/weights";
import { codeOf } from "./code-of.ts";
import type { Desired } from "./desired.ts";
import { isUnreachable } from "./locate-version.ts";
import { mainDigest } from "./main-digest.ts";
import { newestWins } from "./newest-wins.ts";
import type { Resolved } from "./resolved.ts";
import type {
  ReloadOrder,
  ReloadOutcome,
  ServedModel,
  ServedModelSetup,
  VersionFailure,
} from "./served-model-setup.ts";
import { sameTarget, type Target } from "./target.ts";

/** Older versions of the channel that are tried where neither the newest nor the last good one can be loaded. */
const maxOlder = 3;

export function servedModel(setup: ServedModelSetup): ServedModel {
  const { name, models, finder, source, lastGood, log } = setup;
  const tasks = newestWins<ReloadOutcome | undefined>(name);
  let current: Resolved | undefined;
  /** What served before: the models go back to it by themselves. */
  let before: Resolved | undefined;
  let stale: string | undefined;
  let failure: VersionFailure | undefined;
  let applied: Target | undefined;
  let refused: Target | undefined;

  const take = async (
    resolved: Resolved & { readonly stale?: string },
    options: { readonly force?: boolean | undefined; readonly signal: AbortSignal },
  ): Promise<SwapResult> => {
    const { version } = resolved.files;
    try {
      const result = await models.swap(resolved.files, {
        signal: options.signal,
        force: options.force ?? false,
      });
      const previous = current;
      if (before !== resolved) await before?.release();
      before = previous;
      current = resolved;
      stale = resolved.stale;
      if (failure?.version === version) failure = undefined;
      await remember(resolved);
      await setup.onTaken(resolved, previous);
      return result;
    } catch (error) {
      if (current !== resolved) await resolved.release();
      throw error;
    }
  };

  const remember = async (good: Resolved): Promise<void> => {
    const at = new Date().toISOString();
    await lastGood.remember(name, { version: good.files.version, digest: mainDigest(good), at });
  };

  /** The models went back to what served before. */
  const wentBack = async (): Promise<void> => {
    const bad = current;
    if (before === undefined || bad === undefined) return;
    current = before;
    before = undefined;
    refused = applied;
    await remember(current);
    await bad.release();
    await setup.onTaken(current, undefined);
  };
  let isGoingBack = false;
  const stopListening = models.listen((event) => {
    if (event.model !== name) return;
    const { version } = event;
    if (event.type === "rolled-back" && version !== undefined) {
      isGoingBack = version === current?.files.version;
      failure = { version, code: event.code, message: event.message };
    }
    if (event.type !== "swapped" || !isGoingBack || version !== before?.files.version) return;
    isGoingBack = false;
    void wentBack().catch((error: unknown) => log(`${name}: ${(error as Error).message}`));
  });

  const note = (version: string, error: unknown): void => {
    const code = codeOf(error) ?? "E_BUG";
    failure = { version, code, message: (error as Error).message };
    setup.onFailure(failure);
  };

  /** What to try, the best first. */
  const candidates = async (): Promise<{ target?: Target; versions: readonly string[] }> => {
    const good = (await lastGood.recall(name))?.version;
    let target: Target | undefined;
    try {
      target = await source?.target("fresh");
    } catch (error) {
      if (good === undefined) throw error;
      stale = (error as Error).message;
      log(`${name}: what is desired cannot be read, ${good} served last: ${stale}`);
      return { versions: [good] };
    }
    const older = target?.history.slice(0, maxOlder) ?? [];
    const names = [target?.version, good, ...older].filter((each) => each !== undefined);
    return { ...(target && { target }), versions: [...new Set(names)] };
  };

  const loadFirst = async (signal: AbortSignal): Promise<void> => {
    const local = await finder.local();
    if (local !== undefined) {
      await take(local, { signal });
      return;
    }
    const { target, versions } = await candidates();
    const reason = stale;
    let first: unknown;
    for (const version of versions) {
      try {
        const manifest = version === target?.version ? target.manifest : undefined;
        const resolved = await finder.find({ version, manifest, signal });
        await take(reason === undefined ? resolved : { ...resolved, stale: reason }, { signal });
        // One that is not the desired one stays until something else is desired.
        applied = target;
        if (version !== target?.version) refused = target;
        return;
      } catch (error) {
        signal.throwIfAborted();
        first ??= error;
        note(version, error);
        log(`${name}@${version}: not served: ${(error as Error).message}`);
      }
    }
    throw first ?? notFound(name);
  };

  const orderedVersion = async (
    order: ReloadOrder,
  ): Promise<{ readonly target: Target | undefined; readonly version: string | undefined }> => {
    const target = await source?.target("channel").catch((error: unknown) => {
      // A version that is here already can be loaded without the store.
      if (order.version !== undefined && parseRelease(order.version) && isUnreachable(error)) {
        return undefined;
      }
      throw error;
    });
    const { version } = order;
    if (version === undefined || version === "latest") return { target, version: undefined };
    if (parseRelease(version) !== undefined) return { target, version };
    return { target, version: (await source?.channel(version)) ?? version };
  };

  const reload = async (order: ReloadOrder, signal: AbortSignal): Promise<ReloadOutcome> => {
    const isNewest = order.version === undefined || order.version === "latest";
    let local = isNewest && order.forceDownload !== true ? await finder.local() : undefined;
    const { target, version } = local
      ? { target: undefined, version: undefined }
      : await orderedVersion(order).catch((error: unknown) => {
          // No store has the model: a local folder may.
          if (!isNewest || codeOf(error) !== "E_NOT_FOUND") throw error;
          return { target: undefined, version: undefined };
        });
    const wanted = version ?? target?.version;
    // Nothing that could be downloaded: what lies in a local folder is read again.
    if (!local && wanted === undefined) local = await finder.local();
    if (!local && wanted === undefined) throw notFound(name);
    let result: SwapResult;
    try {
      const resolved =
        local ||
        (await finder.find({
          version: wanted ?? "",
          manifest: version === undefined ? target?.manifest : undefined,
          force: order.forceDownload,
          signal,
        }));
      result = await take(resolved, { force: order.force, signal });
    } catch (error) {
      signal.throwIfAborted();
      note(wanted ?? "local", error);
      throw error;
    }
    const sequence = target?.sequence ?? applied?.sequence ?? 0;
    const desired = local
      ? undefined
      : await tellAll({ ...(version !== undefined && { version }), sequence });
    const generation = desired?.generation ?? applied?.generation ?? 0;
    applied = {
      by: version === undefined ? "channel" : "desired",
      history: [],
      ...target,
      version: result.version,
      sequence,
      generation,
    };
    refused = undefined;
    return { ...result, scope: desired ? "all" : "local", desired: generation };
  };

  const tellAll = async (next: {
    readonly version?: string;
    readonly sequence: number;
  }): Promise<Desired | undefined> => {
    try {
      const desired = await setup.writeDesired?.(next);
      if (desired !== undefined) source?.override(undefined, 0);
      return desired;
    } catch (error) {
      log(`${name}: the reload holds for this server alone: ${(error as Error).message}`);
      source?.override(next.version, next.sequence);
      return undefined;
    }
  };

  const swapTo = async (target: Target, signal: AbortSignal): Promise<void> => {
    const { version, manifest } = target;
    try {
      await take(await finder.find({ version, manifest, signal }), { signal });
      refused = undefined;
    } catch (error) {
      signal.throwIfAborted();
      if (isUnreachable(error)) throw error;
      refused = target;
      note(version, error);
      log(
        `${name}@${version}: not served, ${current?.files.version} stays: ${(error as Error).message}`,
      );
    }
    applied = target;
  };

  return {
    name,
    async ensure() {
      while (current === undefined) {
        try {
          await tasks.join("first", async (signal) => {
            await loadFirst(signal);
            return undefined;
          });
        } catch (error) {
          if (codeOf(error) !== "E_SUPERSEDED") throw error;
        }
      }
    },
    async reload(order) {
      const { version = "latest", forceDownload = false, force = false } = order;
      const key = JSON.stringify(["reload", version, forceDownload, force]);
      const outcome = await tasks.run(key, (signal) => reload(order, signal));
      if (outcome === undefined) throw notFound(name);
      return outcome;
    },
    async follow() {
      if (current === undefined || source === undefined || tasks.isBusy()) return;
      let target: Target | undefined;
      try {
        target = await source.target("look");
        if (current.foundIn !== "local") stale = undefined;
      } catch (error) {
        if (!isUnreachable(error)) throw error;
        stale = (error as Error).message;
        return;
      }
      const next = target;
      if (next === undefined || sameTarget(next, applied) || sameTarget(next, refused)) return;
      if (current.foundIn === "local" && next.by !== "desired") return;
      await tasks.run(`follow ${next.generation} ${next.version}`, async (signal) => {
        await swapTo(next, signal);
        return undefined;
      });
    },
    state: () => ({ current, stale, failure, generation: applied?.generation ?? 0 }),
    async forget() {
      const gone = [current, before];
      current = undefined;
      before = undefined;
      applied = undefined;
      for (const each of gone) await each?.release();
    },
    async close() {
      stopListening();
      tasks.stop();
      await tasks.settled();
      await before?.release();
      await current?.release();
    },
  };
}

function notFound(model: string): WeightsError {
  return new WeightsError(
    "E_NOT_FOUND",
    `${model}: in no local folder and in no store: publish it, or check MODEL_STORE and PLIMSOLL_MODELS_DIR`,
  );
}
