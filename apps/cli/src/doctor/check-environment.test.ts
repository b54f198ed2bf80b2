import { expect, test } from "@jest/globals";
import { checkEnvironment } from "./check-environment.ts";

const check = (env: Record<string, string>, serves = false, headers: () => unknown = () => ({})) =>
  checkEnvironment(env, { headers, serves });

test("nothing needed, nothing missing", () => {
  expect(check({})).toMatchObject([{ check: "environment", state: "ok" }]);
});

test.each(["your_secure_random_token_here", "YOUR_TOKEN", "changeme", "<token>"])(
  "%s is an example's stand-in",
  (value) => {
    const [found] = check({ ADMIN_TOKEN: value });
    expect(found).toMatchObject({ check: "environment: ADMIN_TOKEN", state: "broken" });
    expect(JSON.stringify(found)).not.toContain(value);
  },
);

test("variables that contradict each other or are missing are named", () => {
  expect(check({ MODEL_STORAGE_TYPE: "s3" })[0]?.detail).toMatch(/S3_BUCKET/);
  expect(check({ PORT: "eight" })[0]).toMatchObject({ check: "environment: PORT" });
  const needs = () => {
    throw Object.assign(new Error("CDN_KEY: not set"), { code: "E_USAGE" });
  };
  expect(check({}, false, needs)[0]?.detail).toMatch(/CDN_KEY/);
});

test("a server without an admin token is a warning", () => {
  expect(check({}, true)[0]).toMatchObject({ state: "warning" });
  expect(check({ ADMIN_TOKEN: "k3yk3yk3y" }, true)[0]).toMatchObject({ state: "ok" });
});
