import { expect, test } from "@jest/globals";
import { chooseVersion } from "./choose-version.ts";

const never = (): number => {
  throw new Error("no lot is drawn for a key");
};
const users = Array.from({ length: 2000 }, (_, index) => `user-${index}`);
const choices = (weights: Readonly<Record<string, number>>): readonly (string | undefined)[] =>
  users.map((user) => chooseVersion(new Map(Object.entries(weights)), user, never));
const count = (all: readonly (string | undefined)[], version: string): number =>
  all.filter((each) => each === version).length;

test("keys are spread by the shares, and a key always gets the same version", () => {
  const chosen = choices({ v1: 90, v2: 10 });
  expect(count(chosen, "v2")).toBeGreaterThan(140);
  expect(count(chosen, "v2")).toBeLessThan(260);
  expect(choices({ v2: 10, v1: 90 })).toEqual(chosen);
});

test("a growing canary keeps every user it had", () => {
  const [before, after] = [choices({ v1: 90, v2: 10 }), choices({ v1: 70, v2: 30 })];
  before.forEach((version, index) => {
    if (version === "v2") expect(after[index]).toBe("v2");
  });
  expect(count(after, "v2")).toBeGreaterThan(count(before, "v2"));
});

test("without a key the lot decides, and a share of 0 gets nothing", () => {
  const weights = new Map([
    ["v0", 0],
    ["v1", 3],
    ["v2", 1],
  ]);
  expect([0, 0.74, 0.76, 0.999].map((lot) => chooseVersion(weights, undefined, () => lot))).toEqual(
    ["v1", "v1", "v2", "v2"],
  );
  expect(chooseVersion(new Map([["v1", 0]]), "user", never)).toBeUndefined();
  expect(chooseVersion(new Map(), undefined, () => 0)).toBeUndefined();
});
