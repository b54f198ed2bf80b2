import { codeOf } from "./code-of.ts";
import { isUnreachable } from "./locate-version.ts";
import type { ModelEntry, ModelSet } from "./model-set.ts";
import { beat, leave, liveReplicas, type Replica } from "./replicas.ts";
import { mainDigest } from "./main-digest.ts";

/** Keeps this server at what its store desires, and tells the store what it serves. */
export interface Convergence {
  start(): void;
  /** Looks at one model now. */
  look(model: string): Promise<void>;
  /** Says at once what a model serves here; where the store takes it. */
  report(model: string): Promise<void>;
  /** The replicas that live, this one among them, by model. */
  replicas(model: string): Promise<readonly Replica[]>;
  /** Waits until every live replica of a model is at a generation; gives how many are. */
  waitFor(
    model: string,
    generation: number,
    signal?: AbortSignal,
  ): Promise<{ readonly live: number; readonly converged: number }>;
  close(): Promise<void>;
}

export interface ConvergenceSetup {
  readonly set: ModelSet;
  readonly id: string;
  readonly pollMs: number;
  readonly heartbeatMs: number;
  readonly waitMs: number;
  readonly now: () => number;
  readonly random: () => number;
  readonly log: (line: string) => void;
}

/** Stores that bear a write by each server every half minute; a commit per beat is no way to use a repository. */
const beatenStores = new Set(["file", "s3", "gcs"]);
const unwritableMs = 10 * 60_000;

export function convergence(setup: ConvergenceSetup): Convergence {
  const { set, id, now, random, log } = setup;
  const lastBeat = new Map<string, { readonly at: number; readonly text: string }>();
  const unwritable = new Map<string, number>();
  const reports = new Set<Promise<void>>();
  const stop = new AbortController();
  let timer: NodeJS.Timeout | undefined;
  let beats: NodeJS.Timeout | undefined;
  let running: Promise<void> | undefined;

  const own = ({ name, served }: ModelEntry): Replica => {
    const { current, failure, generation } = served.state();
    return {
      id,
      model: name,
      ...(current && { version: current.files.version, digest: mainDigest(current) }),
      generation,
      state: current === undefined ? "idle" : failure === undefined ? "serving" : "failed",
      ...(failure && { reason: `${failure.version}: ${failure.code}` }),
      at: new Date(now()).toISOString(),
      interval_ms: setup.heartbeatMs,
    };
  };

  const report = async (entry: ModelEntry, isForced: boolean): Promise<void> => {
    if (stop.signal.aborted) return;
    const task = send(entry, isForced);
    reports.add(task);
    await task.finally(() => reports.delete(task));
  };

  const send = async (entry: ModelEntry, isForced: boolean): Promise<void> => {
    const { link, name } = entry;
    if (link === undefined || entry.served.state().current === undefined) return;
    const replica = own(entry);
    const text = JSON.stringify({ ...replica, at: "" });
    const last = lastBeat.get(name);
    const isDue =
      last === undefined || now() - last.at >= setup.heartbeatMs * 0.9 || last.text !== text;
    if ((!isDue && !isForced) || (unwritable.get(link.url) ?? 0) > now()) return;
    try {
      const isBeaten = await link.use((driver) => Promise.resolve(beatenStores.has(driver.kind)));
      if (!isBeaten) return;
      await link.use((driver) => beat(driver, replica));
      lastBeat.set(name, { at: now(), text });
    } catch (error) {
      if (isUnreachable(error)) return;
      unwritable.set(link.url, now() + unwritableMs);
      log(`${name}: the store takes no beats of this server: ${(error as Error).message}`);
    }
  };

  const look = async (entry: ModelEntry): Promise<void> => {
    if (entry.served.state().current === undefined) return;
    try {
      await entry.served.follow();
      await entry.config.look();
    } catch (error) {
      const code = codeOf(error) ?? "";
      if (code !== "E_SUPERSEDED" && code !== "E_CLOSED" && !isUnreachable(error)) {
        log(`${entry.name}: ${(error as Error).message}`);
      }
    }
    await report(entry, false);
  };

  const round = async (): Promise<void> => {
    for (const entry of set.all()) {
      if (stop.signal.aborted) return;
      await look(entry);
    }
  };

  const schedule = (): void => {
    if (stop.signal.aborted) return;
    timer = setTimeout(
      () => {
        running = round().finally(() => {
          running = undefined;
          schedule();
        });
      },
      setup.pollMs * (0.8 + 0.4 * random()),
    );
    timer.unref();
  };

  const replicas = async (model: string): Promise<readonly Replica[]> => {
    const entry = set.get(model);
    const mine = own(entry);
    const others =
      (await entry.link
        ?.use((driver) => liveReplicas(driver, model, now))
        .catch(() => [] as Replica[])) ?? [];
    const rest = others.filter((replica) => replica.id !== id);
    return mine.state === "idle" ? rest : [mine, ...rest];
  };

  const beatAll = (): void => {
    for (const entry of set.all()) void report(entry, false).catch(() => undefined);
  };

  return {
    start() {
      schedule();
      beats = setInterval(beatAll, setup.heartbeatMs);
      beats.unref();
    },
    look: async (model) => await look(set.get(model)),
    report: async (model) => await report(set.get(model), true),
    replicas,
    async waitFor(model, generation, signal) {
      const until = now() + setup.waitMs;
      for (;;) {
        const live = await replicas(model);
        const converged = live.filter((replica) => replica.generation >= generation).length;
        const isOver = converged === live.length || now() >= until || stop.signal.aborted;
        if (isOver || signal?.aborted) return { live: live.length, converged };
        await new Promise((resolve) => setTimeout(resolve, 200));
      }
    },
    async close() {
      stop.abort();
      clearTimeout(timer);
      clearInterval(beats);
      await running;
      await Promise.allSettled(reports);
      for (const { name, link } of set.all()) {
        if (!lastBeat.has(name)) continue;
        await link?.use((driver) => leave(driver, name, id)).catch(() => undefined);
      }
    },
  };
}
