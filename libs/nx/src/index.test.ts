import { expect, test } from "@jest/globals";
import * as plugin from "./index.ts";

test("the room exports exactly this", () => {
  expect(Object.keys(plugin)).toEqual(["createNodesV2"]);
});
