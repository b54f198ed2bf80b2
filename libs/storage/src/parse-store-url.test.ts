import { expect, test } from "@jest/globals";

import type { StorageError } from "./error.ts";
import { parseStoreUrl } from "./parse-store-url.ts";

const linux = { cwd: "/home/ml/app", platform: "linux" } as const;
const windows = { cwd: "C:\\app", platform: "win32" } as const;

function message(text: string): string {
  try {
    parseStoreUrl(text, linux);
  } catch (error) {
    expect((error as StorageError).code).toBe("E_USAGE");
    return (error as StorageError).message;
  }
  throw new Error(`${text} was accepted`);
}

test.each([
  ["./weights store", "/home/ml/app/weights store", "file:///home/ml/app/weights%20store"],
  ["../s", "/home/ml/s", "file:///home/ml/s"],
  [".", "/home/ml/app", "file:///home/ml/app"],
  ["/srv/models/", "/srv/models", "file:///srv/models"],
  ["/", "/", "file:///"],
  ["file:///srv/a%20b", "/srv/a b", "file:///srv/a%20b"],
  ["./odd?name#1", "/home/ml/app/odd?name#1", "file:///home/ml/app/odd%3Fname%231"],
])("%s is the folder %s", (text, root, url) => {
  expect(parseStoreUrl(text, linux)).toEqual({ kind: "file", root, url, prefix: "", options: {} });
});

test("a path of Windows is a folder, not a scheme", () => {
  for (const options of [windows, linux]) {
    expect(parseStoreUrl("D:\\models\\", options)).toMatchObject({
      kind: "file",
      root: "D:\\models",
      url: "file:///D:/models",
    });
    expect(parseStoreUrl("D:/models", options).root).toBe("D:\\models");
  }
  expect(parseStoreUrl(".\\dir", windows).root).toBe("C:\\app\\dir");
  expect(parseStoreUrl("\\\\nas\\share\\m", windows).url).toBe("file://nas/share/m");
});

test.each([
  ["s3://atlas-models", "s3", "atlas-models", "", {}],
  ["s3://atlas-models/a/b_c/", "s3", "atlas-models", "a/b_c", {}],
  ["gs://b-1.example/x", "gcs", "b-1.example", "x", {}],
  ["github://o/r.js", "github", "o/r.js", "", {}],
  ["hf://Owner-1/Mars_Model", "huggingface", "Owner-1/Mars_Model", "", {}],
  ["https://cdn.example.com:8443/w/v1/", "http", "https://cdn.example.com:8443", "w/v1", {}],
  ["http://127.0.0.1:9000", "http", "http://127.0.0.1:9000", "", {}],
])("%s", (text, kind, root, prefix, options) => {
  const location = parseStoreUrl(text, linux);
  expect(location).toMatchObject({ kind, root, prefix, options });
  expect(parseStoreUrl(location.url, linux)).toEqual(location);
});

test("options are read, and the URL keeps them as a person would type them", () => {
  const text =
    "s3://atlas-models?endpoint=https://nyc3.digitaloceanspaces.com&region=us-east-1&pathStyle=1";
  const location = parseStoreUrl(text, linux);
  expect(location.options).toEqual({
    endpoint: "https://nyc3.digitaloceanspaces.com",
    region: "us-east-1",
    pathStyle: "1",
  });
  expect(location.url).toBe(text);
  expect(parseStoreUrl("github://o/r?api=https://ghes.example/api/v3").options["api"]).toBe(
    "https://ghes.example/api/v3",
  );
  expect(parseStoreUrl("hf://o/r?revision=main").options).toEqual({ revision: "main" });
});

test("an unknown option is named, with those that there are", () => {
  expect(message("s3://bucket?regoin=x")).toMatch(/"regoin".*endpoint, region, pathStyle/);
  expect(message("s3://bucket?__proto__=x")).toContain('"__proto__"');
  expect(message("https://host/x?v=1")).toContain('"v"; this kind of store has none');
  expect(message("file:///x?v=1")).toContain('"v"');
  expect(message("s3://bucket?region=a&region=b")).toContain("twice");
});

test.each([
  ["s3://AKIDEXAMPLE:hushhush@bucket/x", "hushhush"],
  ["s3://bucket?secretKey=hushhush", "hushhush"],
  ["s3://bucket?access_key=hushhush", "hushhush"],
  ["s3://bucket?region=AKIAABCDEFGHIJKLMNOP", "AKIAABCDEFGHIJKLMNOP"],
  ["github://o/r?token=hushhush", "hushhush"],
  ["https://host/x?X-Amz-Signature=hushhush", "hushhush"],
  ["https://ml:hushhush@host/x", "hushhush"],
  ["s3://bucket?endpoint=https://u:hushhush@h", "hushhush"],
])("a secret is refused and not repeated: %s", (text, secret) => {
  expect(message(text)).not.toContain(secret);
});

test.each([
  ["models", /for a folder write \.\/models/],
  ["", /no store URL/],
  ["ftp://host/x", /ftp:\/\/ are not known/],
  ["x:dir", /no store URL/],
  ["hf://datasets/o/r", /datasets/],
  ["hf://gpt2", /hf:\/\/owner\/repo/],
  ["github://o/r/extra", /github:\/\/owner\/repo/],
  ["s3://ab", /bucket name/],
  ["s3://bucket/a//b", /prefix/],
  ["s3://bucket/a%2fb", /prefix/],
  ["s3://bucket?pathStyle=yes", /true or false/],
  ["s3://bucket?endpoint=nyc3.example.com", /https:\/\//],
  ["s3://bucket?endpoint=file:///etc", /https:\/\//],
  ["file://host/dir", /this machine/],
  ["https://host/x#part", /#/],
  ["https://", /no URL/],
])("%s is refused", (text, reason) => {
  expect(message(text)).toMatch(reason);
});
