import { expect, test } from "@jest/globals";

import { nextHop } from "./next-hop.ts";

const rules = { maxRedirects: 5, allowHttp: false };
const start = new URL("https://a.example/dir/x?sig=hush");
const hop =
  (location: string | undefined, seen = [start], status = 302) =>
  () =>
    nextHop(seen, status, location, rules);

test("a target is taken relative to the answer, without its fragment", () => {
  expect(hop("y")()?.href).toBe("https://a.example/dir/y");
  expect(hop("//b.example/z#f")()?.href).toBe("https://b.example/z");
  expect(hop("https://b.example/?s=1", [start], 307)()?.href).toBe("https://b.example/?s=1");
  expect(hop("y", [start], 200)()).toBeUndefined();
  expect(hop("y", [start], 304)()).toBeUndefined();
});

test.each([
  "http://a.example/x",
  "http://127.0.0.1/x",
  "file:///etc/passwd",
  "data:text/plain,x",
  "ftp://a.example/x",
  "https://user@b.example/x",
  "https://:pw@b.example/x",
  "https://",
  undefined,
])("N11: a redirect to %p is refused", (location) => {
  expect(hop(location)).toThrow(expect.objectContaining({ code: "E_REDIRECT", retryable: false }));
});

test("N11: from http on this machine to another host stays refused without allowHttp", () => {
  const local = [new URL("http://127.0.0.1:1/x")];
  expect(hop("http://b.example/", local)).toThrow(expect.objectContaining({ code: "E_REDIRECT" }));
  expect(hop("http://127.0.0.1:2/", local)()?.port).toBe("2");
  expect(nextHop(local, 302, "http://b.example/", { ...rules, allowHttp: true })?.host).toBe(
    "b.example",
  );
});

test("N10: a circle and a sixth hop are refused, the fifth is not", () => {
  expect(hop("/dir/x?sig=hush")).toThrow(/circle/);
  const five = [0, 1, 2, 3, 4].map((n) => new URL(`https://a.example/${n}`));
  expect(hop("/5", five)()?.pathname).toBe("/5");
  expect(hop("/6", [...five, new URL("https://a.example/5")])).toThrow(/more than 5/);
});

test("a refusal does not repeat the signature of a URL", () => {
  expect(hop("http://b.example/?X-Amz-Signature=hush2")).toThrow(
    expect.objectContaining({ message: expect.not.stringMatching(/hush/) }),
  );
});
