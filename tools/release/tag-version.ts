import { parseRelease, printable } from "@plimsoll/manifest";

/** What stands before a version in the Git tags that release weights. */
const prefix = "weights-";
/** Git takes nearly everything as a tag's name, `weights-v$(id)` included: only this is one of ours (row C1). */
const grammar =
  /^weights-(v(?:0|[1-9]\d*)\.(?:0|[1-9]\d*)\.(?:0|[1-9]\d*)(?:-[0-9A-Za-z][0-9A-Za-z.-]*)?)$/;

/**
 * The version that a Git tag releases: `weights-v1.2.3-rc.1` → `v1.2.3-rc.1`.
 *
 * @throws Error for every other text.
 */
export function tagVersion(tag: string): string {
  const [, version] = grammar.exec(tag) ?? [];
  if (version !== undefined && tag.length <= 100 && parseRelease(version) !== undefined) {
    return version;
  }
  throw new Error(
    `the tag ${JSON.stringify(printable(tag.slice(0, 120)))} releases no weights: ${prefix}v and semver, as ${prefix}v1.2.3 or ${prefix}v1.2.3-rc.1`,
  );
}
