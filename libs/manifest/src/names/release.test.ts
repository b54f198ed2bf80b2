import { expect, test } from "@jest/globals";

import { compareReleases, newestFirst, parseRelease } from "./release.ts";

test("a release is taken apart", () => {
  expect(parseRelease("v2.1.0-weapons")).toEqual({
    text: "v2.1.0-weapons",
    major: 2,
    minor: 1,
    patch: 0,
    suffix: ["weapons"],
    build: undefined,
  });
  expect(parseRelease("v10.20.30-rc.1+cu118")).toMatchObject({
    major: 10,
    suffix: ["rc", "1"],
    build: "cu118",
  });
});

test("what is no release is undefined", () => {
  const wrong = ["1.0.0", "v1.0", "v1", "v01.0.0", "v1.0.0-", "v1.0.0-01", "v1.0.0-a..b", "V1.0.0"];
  wrong.push("v1.0.0 ", "v1.0.0\n", "latest", "", "v1.0.0/x", `v1.0.0-${"a".repeat(100)}`);
  wrong.push(`v${"9".repeat(16)}.0.0`, "v1.0.0+", "v1.0.0_1");
  expect(wrong.filter((text) => parseRelease(text) !== undefined)).toEqual([]);
  expect(parseRelease(1)).toBeUndefined();
});

test("newest first is the precedence of semver, suffixes below their release", () => {
  // The middle is the example of semver.org, section 11.
  const newest = [
    "v10.0.0",
    "v2.1.0",
    "v2.1.0-weapons",
    "v2.0.0",
    "v1.0.0+cu118",
    "v1.0.0",
    "v1.0.0-rc.1",
    "v1.0.0-beta.11",
    "v1.0.0-beta.2",
    "v1.0.0-beta",
    "v1.0.0-alpha.beta",
    "v1.0.0-alpha.1",
    "v1.0.0-alpha",
    "v0.0.9-1a",
    "v0.0.9-20251007200000",
    "v0.0.9-9",
    "latest",
    "best",
  ];
  const shuffled = [...newest].sort();
  expect(newestFirst(shuffled)).toEqual(newest);
  expect(newestFirst([...newest].reverse())).toEqual(newest);
  expect(compareReleases("v1.0.0", "v1.0.0")).toBe(0);
  expect(compareReleases("v1.0.0", "v2.0.0")).toBeLessThan(0);
});
