import { basename, dirname } from "node:path";
import type { Collected } from "./collect.ts";

/** Folder names that say nothing about what is in them. */
const GENERIC = new Set(["weights", "models", "model", "dist", "out", "output", "checkpoints"]);

/**
 * The model's name where nobody gave one: what the metadata call it, else the stem that all weight files share (JSON
 * beside them does not count), else the folder's name, or its parent's where the folder's is a generic one. Brought
 * into the grammar of model names.
 */
export function defaultModel(collected: Collected, nameInMetadata?: string): string {
  const named = nameInMetadata === undefined ? "" : toModelName(nameInMetadata);
  if (named !== "") return named;
  const stems = new Set(
    collected.files
      .filter(({ name }) => !name.endsWith(".json"))
      .map(({ name }) => basename(name).replace(/\.[^.]*$/, "")),
  );
  const [stem] = stems;
  if (stems.size === 1 && stem !== undefined && toModelName(stem) !== "") return toModelName(stem);
  const folder = basename(collected.folder);
  const telling = GENERIC.has(folder.toLowerCase()) ? basename(dirname(collected.folder)) : folder;
  return toModelName(telling) || toModelName(folder) || "model";
}

/** The nearest text in the grammar `[a-z0-9][a-z0-9._-]{0,99}`; may be empty. */
export function toModelName(text: string): string {
  return text
    .toLowerCase()
    .replace(/[^a-z0-9._-]+/g, "-")
    .replace(/^[^a-z0-9]+/, "")
    .slice(0, 100)
    .replace(/[-.]+$/, "");
}
