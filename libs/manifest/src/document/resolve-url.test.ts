import { expect, test } from "@jest/globals";

import { resolveUrl } from "./resolve-url.ts";

test("an absolute URL stays as it is", () => {
  expect(resolveUrl("https://h/a%20b?x=1", "file:///srv/manifest.json")).toBe(
    "https://h/a%20b?x=1",
  );
});

test("a relative URL is taken from the manifest's folder", () => {
  expect(resolveUrl("./a.pt", "file:///srv/w/manifest.json")).toBe("file:///srv/w/a.pt");
  expect(resolveUrl("sub/a+b@2x.pt", "https://h/w/manifest.json?sig=1")).toBe(
    "https://h/w/sub/a+b@2x.pt",
  );
});

test("the options of a store go with it", () => {
  const base = "s3://b/models/m/v1.0.0/manifest.json?endpoint=https://s3.example&region=x";
  expect(resolveUrl("./a.pt", base)).toBe(
    "s3://b/models/m/v1.0.0/a.pt?endpoint=https://s3.example&region=x",
  );
  expect(resolveUrl("a.pt", "hf://o/r/manifest.json")).toBe("hf://o/r/a.pt");
});

test("a base that is no URL is a fault of the caller", () => {
  expect(() => resolveUrl("./a.pt", "weights/manifest.json")).toThrow("Invalid URL");
});
