/** One version of one model: what a release holds. */
export interface VersionId {
  readonly model: string;
  readonly version: string;
}

/**
 * Where a key lies: as an asset of a version's release, as an asset that is named by tag and name, or as a file of the
 * branch.
 */
export type Place =
  | ({ readonly kind: "asset"; readonly file: string } & VersionId)
  | { readonly kind: "named"; readonly tag: string; readonly name: string }
  | { readonly kind: "file"; readonly path: string };

const versionForm = /^v\d+\.\d+\.\d+(?:[-+][A-Za-z0-9._+-]*)?$/;
const modelForm = /^[a-z0-9][a-z0-9._-]{0,99}$/;

/** The branch of what is no release: channels, configuration, metadata. */
export const branchName = "plimsoll-channels";

/** The place of a key. `releases/<tag>/<name>` is read only: it names any asset of any release. */
export function placeOf(key: string): Place {
  const segments = key.split("/");
  const [first, model = "", version = "", ...rest] = segments;
  if (first === "models" && rest.length > 0 && isVersion(model, version)) {
    return { kind: "asset", model, version, file: rest.join("/") };
  }
  if (first === "releases" && segments.length > 2) {
    const name = segments.at(-1) ?? "";
    return { kind: "named", tag: segments.slice(1, -1).join("/"), name };
  }
  return { kind: "file", path: key };
}

/** The version that a prefix lies inside of, if it does. */
export function versionOfPrefix(prefix: string): VersionId | undefined {
  const [first, model = "", version = "", rest] = prefix.split("/");
  if (first !== "models" || rest === undefined || !isVersion(model, version)) return undefined;
  return { model, version };
}

export function keyOf({ model, version }: VersionId, file: string): string {
  return `models/${model}/${version}/${file}`;
}

/** Tags under which a version may be found. */
export function tagsOf({ model, version }: VersionId): readonly [string, string] {
  return [`${model}@${version}`, version];
}

/** Version and, where the tag says it, model; undefined for a tag that is no version. */
export function readTag(
  tag: string,
): { readonly version: string; readonly model: string | undefined } | undefined {
  const at = tag.lastIndexOf("@");
  const model = at < 0 ? undefined : tag.slice(0, at);
  const version = tag.slice(at + 1);
  if (!versionForm.test(version)) return undefined;
  return model === undefined || modelForm.test(model) ? { version, model } : undefined;
}

function isVersion(model: string, version: string): boolean {
  return modelForm.test(model) && versionForm.test(version);
}
