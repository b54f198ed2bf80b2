import { expect, test } from "@jest/globals";
import { objectUrl, splitObjectUrl } from "./connections.ts";

test.each([
  [
    "s3://bucket/models/m/v1.0.0/a%2Bb.pt?endpoint=http://127.0.0.1:1",
    "s3://bucket/models/m/v1.0.0?endpoint=http://127.0.0.1:1",
    "a+b.pt",
  ],
  ["s3://bucket/best.pt", "s3://bucket", "best.pt"],
  ["file:///srv/a%20b/best.pt", "file:///srv/a%20b", "best.pt"],
  ["hf://owner/repo/deep/best.pt?revision=v1", "hf://owner/repo?revision=v1", "deep/best.pt"],
  ["github://o/r/models/m/v1.0.0/best.pt", "github://o/r", "models/m/v1.0.0/best.pt"],
])("%s is %s and %s", (url, store, key) => {
  expect(splitObjectUrl(url)).toEqual({ store, key });
});

test("a key in a store has a URL that keeps the store's options", () => {
  expect(objectUrl("s3://b/prefix?region=x", "models/m/v1.0.0/a+b@1.pt")).toBe(
    "s3://b/prefix/models/m/v1.0.0/a%2Bb%401.pt?region=x",
  );
  expect(objectUrl("file:///srv/", "a.pt")).toBe("file:///srv/a.pt");
});
