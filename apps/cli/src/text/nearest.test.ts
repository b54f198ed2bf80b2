import { expect, test } from "@jest/globals";
import { nearest } from "./nearest.ts";

test("a typing error finds its word", () => {
  const known = ["stores", "publish", "sync", "serve", "keys", "headers"];
  expect(nearest("store", known)).toBe("stores");
  expect(nearest("pubilsh", known)).toBe("publish");
  expect(nearest("Sync", known)).toBe("sync");
  expect(nearest("header", known)).toBe("headers");
});

test("what resembles nothing gets no guess", () => {
  expect(nearest("kubernetes", ["stores", "sync"])).toBeUndefined();
  expect(nearest("x", [])).toBeUndefined();
});
