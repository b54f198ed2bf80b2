import type { Models } from "@plimsoll/inference";
import type { VersionFinder } from "./locate-version.ts";
import type { Resolved } from "./resolved.ts";

/** Versions that are loaded beside the one that serves: canaries, shadows, and those that a request named. */
export interface BesideVersions {
  /** Loads a version unless it is loaded; however many ask, once. */
  load(version: string): Promise<void>;
  /** Ends those that are loaded and not among these. */
  keepOnly(versions: readonly string[]): Promise<void>;
  /** A version became the serving one, or is gone: it is not looked after here any more. */
  drop(version: string): Promise<void>;
  names(): readonly string[];
  close(): Promise<void>;
}

export function besideVersions(
  models: Models,
  model: string,
  finder: VersionFinder,
): BesideVersions {
  const loaded = new Map<string, Promise<Resolved>>();
  const isLoaded = (version: string): boolean =>
    models
      .status()
      .some(
        (status) =>
          status.model === model &&
          status.versions.some((each) => each.version === version && each.state === "ready"),
      );
  const release = async (version: string): Promise<void> => {
    const held = loaded.get(version);
    loaded.delete(version);
    await (await held?.catch(() => undefined))?.release();
  };
  // One that the models took back by themselves is gone; to load it again is for the next order.
  const stopListening = models.listen((event) => {
    const { type, version } = event;
    if (event.model !== model || type !== "rolled-back" || version === undefined) return;
    void release(version).catch(() => undefined);
  });
  return {
    async load(version) {
      if (isLoaded(version)) return;
      let task = loaded.get(version);
      if (task === undefined) {
        task = (async () => {
          const resolved = await finder.find({ version });
          await models.loadBeside(resolved.files);
          return resolved;
        })();
        loaded.set(version, task);
        task.catch(() => loaded.delete(version));
      }
      await task;
    },
    async keepOnly(versions) {
      for (const version of loaded.keys()) {
        if (versions.includes(version)) continue;
        await models.unload(model, version);
        await release(version);
      }
    },
    drop: release,
    names: () => [...loaded.keys()],
    async close() {
      stopListening();
      for (const version of loaded.keys()) await release(version);
    },
  };
}
