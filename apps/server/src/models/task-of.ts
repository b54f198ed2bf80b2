import { join } from "node:path";
import type { TaskName } from "@plimsoll/api";
import { readMetadata } from "@plimsoll/manifest";
import type { ModelEntry } from "./model-set.ts";
import { servingKeys } from "./serving-keys.ts";
import { readDescription } from "./version-files.ts";
import { readDocument } from "./watched-document.ts";

/** Tasks that the store named; they do not change from one version to the next. */
const known = new WeakMap<ModelEntry, TaskName>();

/** What a model is for: as its loaded version says, a local folder, or its store; undefined where none of them does. */
export async function taskOf(
  entry: ModelEntry,
  folders: readonly string[],
): Promise<TaskName | undefined> {
  const task = entry.metadata()?.task ?? known.get(entry);
  if (task !== undefined) return task;
  for (const dir of folders) {
    const described = await readDescription(join(dir, entry.name)).catch(() => undefined);
    if (described?.task !== undefined) return described.task;
  }
  const document = await entry.link
    ?.use((driver) => readDocument(driver, servingKeys.metadata(entry.name)))
    .catch(() => undefined);
  if (document === undefined) return undefined;
  try {
    const found = readMetadata(document.value).task;
    if (found !== undefined) known.set(entry, found);
    return found;
  } catch {
    return undefined;
  }
}

/** The same without asking anybody. */
export const knownTask = (entry: ModelEntry): TaskName | undefined =>
  entry.metadata()?.task ?? known.get(entry);
