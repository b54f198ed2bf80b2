import { expect, test } from "@jest/globals";
import * as cache from "./index.ts";

test("the room's exports are these", () => {
  expect(Object.keys(cache).sort()).toEqual([
    "CacheError",
    "besideTarget",
    "cacheDefaults",
    "defaultCacheDir",
    "holderState",
    "newToken",
    "openCache",
    "tokenBeside",
  ]);
});
