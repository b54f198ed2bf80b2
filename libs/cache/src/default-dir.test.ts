import { resolve } from "node:path";
import { expect, test } from "@jest/globals";
import { defaultCacheDir } from "./default-dir.ts";

const cases: [NodeJS.Platform, Record<string, string>, string][] = [
  ["linux", { HOME: "/home/ann" }, "/home/ann/.cache/plimsoll"],
  ["linux", { HOME: "/home/ann", XDG_CACHE_HOME: "/var/ann" }, "/var/ann/plimsoll"],
  ["linux", { HOME: "/home/ann", XDG_CACHE_HOME: "not/absolute" }, "/home/ann/.cache/plimsoll"],
  ["linux", { HOME: "/home/ann", XDG_CACHE_HOME: "" }, "/home/ann/.cache/plimsoll"],
  ["freebsd", { HOME: "/home/ann" }, "/home/ann/.cache/plimsoll"],
  ["darwin", { HOME: "/Users/ann", XDG_CACHE_HOME: "/x" }, "/Users/ann/Library/Caches/plimsoll"],
  ["win32", { LOCALAPPDATA: "C:\\Users\\ann\\L" }, "C:\\Users\\ann\\L\\plimsoll"],
  ["win32", { USERPROFILE: "C:\\Users\\ann" }, "C:\\Users\\ann\\AppData\\Local\\plimsoll"],
];

test.each(cases)("on %s with %j it is %s", (platform, env, dir) => {
  expect(defaultCacheDir(env, platform)).toBe(dir);
});

test("PLIMSOLL_CACHE_DIR wins everywhere and becomes absolute", () => {
  for (const platform of ["linux", "darwin", "win32"] as const) {
    const env = { HOME: "/h", LOCALAPPDATA: "C:\\l", XDG_CACHE_HOME: "/x" };
    expect(defaultCacheDir({ ...env, PLIMSOLL_CACHE_DIR: "weights" }, platform)).toBe(
      resolve("weights"),
    );
    expect(defaultCacheDir({ ...env, PLIMSOLL_CACHE_DIR: "" }, platform)).not.toBe(resolve(""));
  }
});
