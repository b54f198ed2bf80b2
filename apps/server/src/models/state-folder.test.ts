import { expect, test } from "@jest/globals";
import { stateFolder } from "./state-folder.ts";

test("what is remembered of one store is not taken for another's", () => {
  const folder = (store?: string) => stateFolder("/cache", store);
  expect(folder("./store")).toBe(folder(`${process.cwd()}/store`));
  const different = [
    undefined,
    "./store",
    "./other",
    "s3://bucket",
    "s3://bucket/b",
    "no://store",
  ].map(folder);
  expect(new Set(different).size).toBe(different.length);
  for (const each of different) expect(each).toMatch(/^\/cache\/serving(?:\/[0-9a-f]{16})?$/);
});
