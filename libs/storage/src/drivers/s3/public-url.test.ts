import { expect, test } from "@jest/globals";

import { parseStoreUrl } from "../../parse-store-url.ts";
import { publicUrl } from "./public-url.ts";
import { readS3Settings } from "./s3-settings.ts";

test.each([
  ["s3://bkt", "https://bkt.s3.amazonaws.com/m/a%2B1%40x.pt"],
  ["s3://bkt?region=eu-west-1", "https://bkt.s3.eu-west-1.amazonaws.com/m/a%2B1%40x.pt"],
  ["s3://b.kt?region=eu-west-1", "https://s3.eu-west-1.amazonaws.com/b.kt/m/a%2B1%40x.pt"],
  ["s3://bkt/p/q?endpoint=https://h.example:90", "https://h.example:90/bkt/p/q/m/a%2B1%40x.pt"],
  [
    "s3://bkt?endpoint=https://nyc3.digitaloceanspaces.com",
    "https://bkt.nyc3.digitaloceanspaces.com/m/a%2B1%40x.pt",
  ],
  ["s3://bkt?endpoint=https://h.example&pathStyle=0", "https://bkt.h.example/m/a%2B1%40x.pt"],
  ["s3://bkt/p?publicUrl=https://cdn.example.com/w/", "https://cdn.example.com/w/p/m/a%2B1%40x.pt"],
])("%s is read at %s", (url, expected) => {
  const settings = readS3Settings(parseStoreUrl(url), { env: {}, allowHttp: false });
  expect(publicUrl(settings, "m/a+1@x.pt")).toBe(expected);
});

test("characters of a prefix are written as signatures have them", () => {
  const location = parseStoreUrl("s3://bkt/it's!(1)*?endpoint=https://h.example");
  const settings = readS3Settings(location, { env: {}, allowHttp: false });
  expect(publicUrl(settings, "a")).toBe("https://h.example/bkt/it%27s%21%281%29%2A/a");
});
