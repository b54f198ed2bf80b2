import { resolve } from "node:path";
import { expect, test } from "@jest/globals";
import { fakeIo } from "../fake-io.ts";
import type { Config } from "./config.ts";
import { type GlobalFlags, settle, type Settings } from "./settings.ts";

const cwd = resolve("/srv/app");

function settings(
  config: Config,
  env: Record<string, string> = {},
  flags: GlobalFlags = {},
): Settings {
  const read = { config, dir: resolve("/srv/app/conf"), path: "conf/plimsoll.config.json" };
  return settle(fakeIo({ cwd, env }), read, flags);
}

test("a store is a URL, a folder or a name; a relative one starts where it was written", () => {
  const found = settings({ stores: { main: "s3://b", local: "./store" } });
  expect(found.store("main", "--to").url).toBe("s3://b");
  expect(found.store("local", "--to").url).toBe(resolve("/srv/app/conf/store"));
  expect(found.store("./store", "--to").url).toBe(resolve("/srv/app/store"));
  expect(found.store("gs://b/p?x=1&y=$(z)", "--to").url).toBe("gs://b/p?x=1&y=$(z)");
});

test("an unknown name is refused with a guess and the way to write a folder", () => {
  expect(() => settings({ stores: { main: "s3://b" } }).store("mian", "--to")).toThrow(
    '--to: no store named "mian" (did you mean "main"?); a folder is written ./mian',
  );
});

test("the store to read from: environment, then main, then the only one", () => {
  const stores = { main: "s3://m", other: "s3://o" };
  expect(settings({ stores }, { S3_BUCKET: "env-bucket" }).defaultStore()).toEqual({
    url: "s3://env-bucket",
    source: "S3_BUCKET",
  });
  expect(settings({ stores }).defaultStore().url).toBe("s3://m");
  expect(settings({ stores: { x: "s3://x" } }).defaultStore().url).toBe("s3://x");
  expect(
    settings({ stores: { x: "s3://x", y: "s3://y" }, publish: { to: ["y"] } }).defaultStore().url,
  ).toBe("s3://y");
  expect(() => settings({}).defaultStore()).toThrow(/which store\? Give --store/);
});

test("the stores to publish to: environment, then publish.to", () => {
  const config = { stores: { main: "s3://m" }, publish: { to: ["main", "./local"] } };
  expect(
    settings(config)
      .publishStores()
      .map(({ url }) => url),
  ).toEqual(["s3://m", resolve("/srv/app/conf/local")]);
  expect(settings(config, { MODEL_STORE: "gs://g" }).publishStores()).toEqual([
    { url: "gs://g", source: "MODEL_STORE" },
  ]);
});

test("a flag's log level beats the environment's, and each is named when it is wrong", () => {
  expect(settings({}, { LOG_LEVEL: "DEBUG" }).logLevel).toBe("debug");
  expect(settings({}, { LOG_LEVEL: "nonsense" }, { logLevel: "warn" }).logLevel).toBe("warn");
  expect(() => settings({}, { LOG_LEVEL: "x" })).toThrow(/^LOG_LEVEL/);
  expect(() => settings({}, {}, { logLevel: "x" })).toThrow(/^--log-level/);
});

test("PLIMSOLL_OFFLINE is a switch", () => {
  expect(settings({}, { PLIMSOLL_OFFLINE: "1" }).offline).toBe(true);
  expect(settings({}, { PLIMSOLL_OFFLINE: "0" }).offline).toBe(false);
  expect(() => settings({}, { PLIMSOLL_OFFLINE: "maybe" })).toThrow(/^PLIMSOLL_OFFLINE/);
});

test("headers are expanded only when asked for", () => {
  const found = settings({ headers: { "https://e.com": { a: "$MISSING" } } });
  expect(() => found.headers()).toThrow(/^MISSING/);
});
