import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { parse, parseAllDocuments } from "yaml";

/** A YAML or JSON value of a file that somebody else's program reads. */
export type Value = string | number | boolean | null | readonly Value[] | Mapping;
export interface Mapping {
  readonly [key: string]: Value | undefined;
}

const rootUrl = new URL("../../", import.meta.url);

/** The workspace's folder. */
export const root: string = fileURLToPath(rootUrl);

/** Text of a file of the project. */
export const readText = (path: string): string => readFileSync(new URL(path, rootUrl), "utf8");

/** One document of YAML or JSON, merge keys applied. */
export const readOne = (path: string): Mapping => parse(readText(path), { merge: true }) as Mapping;

/** All documents of a YAML file. */
export const readAll = (path: string): readonly Mapping[] =>
  parseAllDocuments(readText(path)).map((document) => document.toJS() as Mapping);

/** What lies at a path of keys and indexes; undefined where there is nothing. */
export function at(
  value: Value | undefined,
  ...path: readonly (string | number)[]
): Value | undefined {
  let found: Value | undefined = value;
  for (const key of path) {
    found =
      typeof found === "object" && found !== null
        ? (found as Readonly<Record<string | number, Value | undefined>>)[key]
        : undefined;
  }
  return found;
}

/** The items of a list; none where it is no list. */
export const items = (value: Value | undefined): readonly Value[] =>
  Array.isArray(value) ? (value as readonly Value[]) : [];
