import { expect, test } from "@jest/globals";
import { expandHeaders } from "./expand-headers.ts";

test("variables are replaced, alone or inside a value", () => {
  const headers = {
    "https://files.example.com": { authorization: "Bearer $TOKEN", "x-key": "${A}-${B}" },
  };
  expect(expandHeaders(headers, { TOKEN: "t", A: "1", B: "2" })).toEqual({
    "https://files.example.com": { authorization: "Bearer t", "x-key": "1-2" },
  });
});

test("an origin is brought to its one spelling", () => {
  expect(expandHeaders({ "https://Example.com:443": {} }, {})).toEqual({
    "https://example.com": {},
  });
});

test("a variable that is not set is named, one that would break the header too, and no value is shown", () => {
  const headers = { "https://e.com": { authorization: "$TOKEN" } };
  expect(() => expandHeaders(headers, {})).toThrow(
    /^TOKEN: not set, .*authorization.*https:\/\/e\.com/,
  );
  expect(() => expandHeaders(headers, { TOKEN: "" })).toThrow(/^TOKEN: not set/);
  const broken = { TOKEN: "secret\nx" };
  expect(() => expandHeaders(headers, broken)).toThrow(/^TOKEN: its value/);
  expect(() => expandHeaders(headers, broken)).not.toThrow(/secret/);
});

test("no headers, nothing", () => {
  expect(expandHeaders(undefined, {})).toEqual({});
});
