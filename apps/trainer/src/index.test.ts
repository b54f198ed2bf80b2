import { expect, test } from "@jest/globals";
import * as trainer from "./index.ts";

test("the app exports exactly this", () => {
  expect(Object.keys(trainer).sort()).toEqual([
    "SettingsError",
    "openHealth",
    "readSettings",
    "start",
  ]);
});
