import type { TaskName } from "@plimsoll/api";
import { isModelName } from "@plimsoll/manifest";
import { ServerError } from "../error.ts";

/** The names that requests may use. A name is looked up here and never joined to a path before. */
export interface Catalogue {
  /** Names that are known without asking anybody. */
  known(): readonly string[];
  /** Every model; a store that is out of reach adds what was known of it. */
  all(): Promise<readonly string[]>;
  /** The model that a name, a further name or a type means. @throws ServerError 404 `E_NOT_FOUND`, 400 for several. */
  find(name: string): Promise<string>;
  /** The models that a model's name, a type or `all` means. @throws ServerError 404. */
  expand(name: string): Promise<readonly string[]>;
  /** The one model that fits the tasks, where none is named. @throws ServerError 400 where that is not one. */
  only(tasks: readonly TaskName[] | undefined): Promise<string>;
}

/** Types of the hot-reload clients, and the tasks that they mean. */
export const modelTypes: Readonly<Record<string, TaskName>> = {
  visual_detector: "object-detection",
  audio_classifier: "audio-classification",
  threat_classifier: "text-classification",
};

/** A list of the store is believed for so long, ms. */
const listMs = 5_000;
/** And for so long about a model that it does not name: it may have been published a moment ago. */
const absentMs = 500;

export function catalogue(options: {
  /** Empty: whatever is found is served. */
  readonly configured: readonly string[];
  readonly aliases: Readonly<Record<string, string>>;
  /** Names in local folders, and of the one object. */
  readonly local: () => Promise<readonly string[]>;
  /** Names in the store. Throws where it is out of reach or does not list. */
  readonly stored: () => Promise<readonly string[]>;
  /** What this model is for, asking the store if need be; undefined where nothing says so. */
  readonly task: (model: string) => Promise<TaskName | undefined>;
  readonly now: () => number;
}): Catalogue {
  const { configured, aliases, now } = options;
  const names = new Set(configured);
  let listedAt = -Infinity;
  let listing: Promise<void> | undefined;

  const list = async (): Promise<void> => {
    for (const name of await options.local()) if (isModelName(name)) names.add(name);
    for (const name of await options.stored().catch(() => [])) names.add(name);
    listedAt = now();
  };
  const refresh = async (believedMs = listMs): Promise<void> => {
    if (configured.length > 0 || now() - listedAt < believedMs) return;
    listing ??= list().finally(() => (listing = undefined));
    await listing;
  };
  const all = async (): Promise<readonly string[]> => {
    await refresh();
    return [...names].sort();
  };
  /** The same without waiting for a list that is only renewed. */
  const soFar = async (): Promise<readonly string[]> => {
    const renewed = all();
    return names.size === 0 ? await renewed : [...names].sort();
  };
  const meant = (name: string): string =>
    Object.hasOwn(aliases, name) ? (aliases[name] ?? name) : name;

  const ofTasks = async (tasks: readonly TaskName[]): Promise<readonly string[]> => {
    const models = await soFar();
    const found = await Promise.all(
      models.map(async (model) => {
        const task = await options.task(model);
        // What nothing is known of may fit; its pipeline tells when it is asked.
        return task === undefined || tasks.includes(task)
          ? { model, sure: task !== undefined }
          : [];
      }),
    );
    const fitting = found.flat();
    const sure = fitting.filter((each) => each.sure);
    return (sure.length > 0 ? sure : fitting).map(({ model }) => model);
  };

  const expand = async (name: string): Promise<readonly string[]> => {
    const model = meant(name);
    if (names.has(model)) return [model];
    const models = await all();
    if (names.has(model)) return [model];
    if (name === "all") return models;
    if (isModelName(model) && !Object.hasOwn(modelTypes, name)) {
      await refresh(absentMs);
      if (names.has(model)) return [model];
    }
    const task = Object.hasOwn(modelTypes, name) ? modelTypes[name] : undefined;
    const found = task === undefined ? [] : await ofTasks([task]);
    if (found.length > 0) return found;
    const known = models.slice(0, 10).join(", ");
    throw new ServerError(
      "E_NOT_FOUND",
      404,
      `no such model${known === "" ? ": none is served here" : `, there are ${known}`}`,
    );
  };

  return {
    known: () => [...names].sort(),
    all,
    expand,
    async find(name) {
      const [model, ...others] = await expand(name);
      if (model !== undefined && others.length === 0) return model;
      throw new ServerError("E_USAGE", 400, `which model? ${[model, ...others].join(", ")}`);
    },
    async only(tasks) {
      const models = tasks === undefined ? await soFar() : await ofTasks(tasks);
      const [model, ...others] = models;
      if (model !== undefined && others.length === 0) return model;
      const what = tasks === undefined ? "" : ` for ${tasks.join(" or ")}`;
      if (model === undefined)
        throw new ServerError("E_NOT_FOUND", 404, `no model${what} is served here`);
      throw new ServerError(
        "E_USAGE",
        400,
        `several models${what}, so name one with "model": ${models.slice(0, 10).join(", ")}`,
      );
    },
  };
}
