import { expect, test } from "@jest/globals";
import * as server from "./index.ts";

test("the room's exports are these", () => {
  expect(Object.keys(server).sort()).toEqual([
    "ServerError",
    "buildApp",
    "drain",
    "limitDefaults",
    "openLog",
    "openServer",
    "openServing",
    "readSettings",
  ]);
});
