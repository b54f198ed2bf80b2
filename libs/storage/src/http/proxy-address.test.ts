import { expect, test } from "@jest/globals";

import { proxyFor } from "./proxy-address.ts";

const https = new URL("https://host.example/w.onnx");
const http = new URL("http://host.example/w.onnx");
const origin = "http://proxy.example:3128";

test("N21: the variable of the scheme counts, small letters first, then that of all", () => {
  const one = { HTTPS_PROXY: origin, ALL_PROXY: "http://all.example:1" };
  expect(proxyFor(https, one)).toMatchObject({ label: `${origin} (HTTPS_PROXY)` });
  expect(proxyFor(http, one)).toMatchObject({ label: "http://all.example:1 (ALL_PROXY)" });
  expect(proxyFor(https, { ...one, https_proxy: "" })).toBeUndefined();
  expect(proxyFor(https, { ...one, https_proxy: "http://small.example" })?.label).toBe(
    "http://small.example (https_proxy)",
  );
  expect(proxyFor(https, {})).toBeUndefined();
  expect(proxyFor(https, { HTTPS_PROXY: "proxy.example:3128" })?.url.href).toBe(`${origin}/`);
});

test("N21: in a CGI program HTTP_PROXY is what a client sent, and not believed", () => {
  const env = { HTTP_PROXY: origin, REQUEST_METHOD: "GET" };
  expect(proxyFor(http, env)).toBeUndefined();
  expect(proxyFor(http, { ...env, http_proxy: origin })?.url.href).toBe(`${origin}/`);
});

test.each(["http://localhost:1/", "http://127.0.0.1/", "https://[::1]:8443/"])(
  "N21: %s is this machine, which needs no proxy",
  (text) => {
    const env = { HTTP_PROXY: origin, HTTPS_PROXY: origin };
    expect(proxyFor(new URL(text), env)).toBeUndefined();
    expect(proxyFor(new URL(text), env, { loopback: true })?.url.href).toBe(`${origin}/`);
  },
);

test.each([
  ["host.example", true],
  [".host.example", true],
  ["example", true],
  ["*.example", true],
  ["HOST.EXAMPLE.", true],
  ["other.example, host.example", true],
  ["other.example host.example", true],
  ["*", true],
  ["host.example:443", true],
  ["host.example:8443", false],
  ["st.example", false],
  ["host.example.org", false],
  ["", false],
  [",", false],
  [":443", false],
])("N21: NO_PROXY=%j for host.example is %j", (list, exempt) => {
  const proxy = proxyFor(https, { HTTPS_PROXY: origin, NO_PROXY: list });
  expect(proxy === undefined).toBe(exempt);
});

test.each([
  ["https://10.1.2.3/", "10.0.0.0/8", true],
  ["https://11.1.2.3/", "10.0.0.0/8", false],
  ["https://10.1.2.3/", "10.1.2.3", true],
  ["https://10.1.2.3/", "2.3", false],
  ["https://10.1.2.3:8443/", "10.1.2.3:8443", true],
  ["https://[fd00::1]/", "fd00::/8", true],
  ["https://[fd00::1]/", "fd00::1", true],
  ["https://[fd00::1]/", "[fd00::1]:443", true],
  ["https://[fd00::1]/", "10.0.0.0/8", false],
  ["https://10.1.2.3/", "10.0.0.0/33", false],
])("N21: for %s NO_PROXY=%s is %j", (url, list, exempt) => {
  const proxy = proxyFor(new URL(url), { HTTPS_PROXY: origin, no_proxy: list });
  expect(proxy === undefined).toBe(exempt);
});

test.each(["socks5://me:secret@proxy.example", "http://", "http://me:secret@:x", "ftp://p"])(
  "N21: HTTPS_PROXY=%s is E_USAGE without the value",
  (value) => {
    const act = () => proxyFor(https, { HTTPS_PROXY: value });
    expect(act).toThrow(expect.objectContaining({ code: "E_USAGE" }));
    expect(act).toThrow(/^HTTPS_PROXY: names no proxy of HTTP.*(?<!secret.*)$/);
    expect(act).not.toThrow(/secret/);
  },
);

test("a user without a password, and a percent sign that is none, are taken as they are", () => {
  const of = (value: string): string => {
    const header = proxyFor(https, { HTTPS_PROXY: value })?.authorization ?? "";
    return Buffer.from(header.replace("Basic ", ""), "base64").toString();
  };
  expect(of("http://me@proxy.example")).toBe("me:");
  expect(of("http://me:50%@proxy.example")).toBe("me:50%");
});
