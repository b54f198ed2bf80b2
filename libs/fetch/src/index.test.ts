import { expect, test } from "@jest/globals";
import * as fetch from "./index.ts";

test("the room's exports are these", () => {
  expect(Object.keys(fetch).sort()).toEqual([
    "FetchError",
    "fetchDefaults",
    "fetchFile",
    "openFetcher",
  ]);
});
