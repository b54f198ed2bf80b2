import { expect, test } from "@jest/globals";

import { checkWebAddress, isLoopback, showUrl } from "./web-address.ts";

test.each([
  "http://127.0.0.1:80/",
  "http://127.1/",
  "http://[::1]/",
  "http://localhost/",
  "http://0x7f.1/",
])("%s is this machine", (url) => {
  expect(isLoopback(new URL(url).hostname)).toBe(true);
  expect(() => checkWebAddress(new URL(url), false)).not.toThrow();
});

test.each([
  "http://example.com/",
  "http://10.0.0.1/",
  "http://127.0.0.1.nip.io/",
  "http://0.0.0.0/",
])("%s is not, and takes --allow-http", (url) => {
  expect(isLoopback(new URL(url).hostname)).toBe(false);
  expect(() => checkWebAddress(new URL(url), false)).toThrow(
    expect.objectContaining({ code: "E_USAGE" }),
  );
  expect(() => checkWebAddress(new URL(url), true)).not.toThrow();
});

test.each(["file:///etc/passwd", "data:,x", "ftp://h/x", "https://u@h/", "https://u:p@h/"])(
  "N11: %s is refused whatever is allowed",
  (url) => {
    expect(() => checkWebAddress(new URL(url), true)).toThrow(
      expect.objectContaining({ code: "E_USAGE" }),
    );
  },
);

test("what a message shows of a URL has no user and no signature", () => {
  expect(showUrl("https://me:pw@host:8443/a/b?X-Amz-Signature=hush#x")).toBe(
    "https://host:8443/a/b?…",
  );
  expect(showUrl("https://host/a")).toBe("https://host/a");
  expect(showUrl("::")).toBe("(not a URL)");
});
