import { StorageError } from "../../error.ts";

/** A key of a version's file, `models/<model>/<version>/<path>`. */
export interface VersionKey {
  readonly model: string;
  readonly version: string;
  /** Where the file lies in the repository: at its root. */
  readonly path: string;
}

/** What a version is called by: all of a `VersionKey` but the file. */
export type VersionName = Pick<VersionKey, "model" | "version">;

/** `v` and three numbers with an optional suffix; `..` could be no tag of git. */
const versionForm = String.raw`v\d+\.\d+\.\d+(?:[-+](?:[A-Za-z0-9-]|[.+](?![.+]))*[A-Za-z0-9-])?`;
const keyForm = new RegExp(`^models/([^/]+)/(${versionForm})/(.+)$`);
const recordForm = new RegExp(`^models/([^/]+)/(${versionForm})/files\\.json$`);

/** Name of the file that makes a version visible. */
export const manifestName = "manifest.json";

/** Folders at the root that hold documents under their keys. */
const documentFolder = /^(?:models|datasets|training)\//;

/** The parts of a version's key; undefined for any other key. */
export function versionKey(key: string): VersionKey | undefined {
  const [, model, version, path] = keyForm.exec(key) ?? [];
  if (model === undefined || version === undefined || path === undefined) return undefined;
  return { model, version, path };
}

/** Whose record a path of the repository is. */
export function recordOwner(path: string): VersionName | undefined {
  const [, model, version] = recordForm.exec(path) ?? [];
  return model === undefined || version === undefined ? undefined : { model, version };
}

/** Path of the list of a version's files: at the root lie those of all versions together. */
export const recordPath = ({ model, version }: VersionName): string =>
  `models/${model}/${version}/files.json`;

export const versionPrefix = ({ model, version }: VersionName): string =>
  `models/${model}/${version}/`;

export const idOf = ({ model, version }: VersionName): string => `${model}@${version}`;

/** Tags of a version in the order in which they are tried: the second where another model has taken the first. */
export const tagsOf = (name: VersionName): readonly [string, string] => [name.version, idOf(name)];

/** Throws `E_PATH` for a file that would lie among the documents. */
export function checkVersionPath({ path, version }: VersionKey): void {
  if (!documentFolder.test(path)) return;
  const text = `${path} of ${version}: models/, datasets/ and training/ of a Hugging Face repository hold documents; put the file into another folder`;
  throw new StorageError("E_PATH", text);
}
