/** A version's name taken apart: `v2.1.0-weapons` is `{ major: 2, minor: 1, patch: 0, suffix: ["weapons"] }`. */
export interface Release {
  readonly text: string;
  readonly major: number;
  readonly minor: number;
  readonly patch: number;
  /** Identifiers between `-` and `+`, numbers as written. */
  readonly suffix: readonly string[];
  /** What stands after `+`, e.g. `cu118`. */
  readonly build: string | undefined;
}

// semver 2.0.0, section 9 and 10, with a leading v. At most 15 digits: still exact as a number.
const NUMBER = "0|[1-9][0-9]{0,14}";
const IDENTIFIER = "0|[1-9][0-9]*|[0-9]*[A-Za-z-][0-9A-Za-z-]*";
const RELEASE = new RegExp(
  `^v(${NUMBER})\\.(${NUMBER})\\.(${NUMBER})(?:-((?:${IDENTIFIER})(?:\\.(?:${IDENTIFIER}))*))?(?:\\+([0-9A-Za-z-]+(?:\\.[0-9A-Za-z-]+)*))?$`,
);

/** A release is also a folder's name. */
const MAX_LENGTH = 100;

/** Takes a version's name apart, or gives undefined: `v` + semver (semver.org 2.0.0), at most 100 characters. */
export function parseRelease(text: unknown): Release | undefined {
  if (typeof text !== "string" || text.length > MAX_LENGTH) return undefined;
  const match = RELEASE.exec(text);
  if (match === null) return undefined;
  return {
    text,
    major: Number(match[1]),
    minor: Number(match[2]),
    patch: Number(match[3]),
    suffix: match[4] === undefined ? [] : match[4].split("."),
    build: match[5],
  };
}

/**
 * Below 0 when `a` is the older. The precedence of semver, so `v2.1.0-weapons` is newer than `v2.0.0` and older than
 * `v2.1.0`; equal ones, which differ in `+build` only, by their text; what is no release is older than any.
 */
export function compareReleases(a: string, b: string): number {
  const [left, right] = [parseRelease(a), parseRelease(b)];
  if (left === undefined || right === undefined) {
    return Number(left !== undefined) - Number(right !== undefined) || compareText(a, b);
  }
  return (
    left.major - right.major ||
    left.minor - right.minor ||
    left.patch - right.patch ||
    compareSuffixes(left.suffix, right.suffix) ||
    compareText(a, b)
  );
}

/** The releases, newest first; the given list stays as it is. */
export function newestFirst(releases: Iterable<string>): string[] {
  return [...releases].sort((a, b) => compareReleases(b, a));
}

function compareSuffixes(a: readonly string[], b: readonly string[]): number {
  if (a.length === 0 || b.length === 0) return Number(a.length === 0) - Number(b.length === 0);
  for (const [index, left] of a.entries()) {
    const right = b[index];
    if (right === undefined) return 1;
    const order = compareIdentifiers(left, right);
    if (order !== 0) return order;
  }
  return a.length - b.length;
}

function compareIdentifiers(a: string, b: string): number {
  const numeric = /^[0-9]+$/;
  const [left, right] = [numeric.test(a), numeric.test(b)];
  if (left !== right) return left ? -1 : 1;
  return (left ? a.length - b.length : 0) || compareText(a, b);
}

function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
