import { readdir } from "node:fs/promises";
import { expect, test } from "@jest/globals";
import { type CommandEntry, commands } from "./commands.ts";
import { fakeIo } from "./fake-io.ts";
import { main } from "./main.ts";

/** Every command line of the table, `manifest create` for one. */
function paths(entries: readonly CommandEntry[], parents: readonly string[] = []): string[][] {
  return entries.flatMap(({ name, commands: inner }) =>
    inner ? paths(inner, [...parents, name]) : [[...parents, name]],
  );
}

test("the commands of the contract, in the order of the help", () => {
  expect(paths(commands).map((path) => path.join(" "))).toEqual([
    "publish",
    "sync",
    "verify",
    "repair",
    "diff",
    "manifest create",
    "manifest rewrite",
    "manifest check",
    "manifest update",
    "models",
    "versions",
    "info",
    "scan",
    "promote",
    "rollback",
    "history",
    "yank",
    "sign",
    "keys generate",
    "trust reset",
    "prune",
    "presign",
    "adopt",
    "cache status",
    "cache verify",
    "cache gc",
    "cache clear",
    "dataset add",
    "dataset list",
    "dataset approve",
    "retrain",
    "worker",
    "bucket setup",
    "policy s3",
    "cost",
    "doctor",
    "serve",
    "demo",
  ]);
});

test("each has help with options, examples and the global flags, on stdout, exit 0", async () => {
  for (const path of paths(commands)) {
    const io = fakeIo({ cwd: "/" });
    expect([path, await main([...path, "--help"], io)]).toEqual([path, 0]);
    expect(io.out()).toContain(`Usage: plimsoll ${path.join(" ")} `);
    expect(io.out()).toMatch(/\nExamples:\n {2}\$ .*plimsoll /);
    expect(io.out()).toMatch(/--json/);
    expect(io.err()).toBe("");
  }
});

test("each module is one file, and each file is in the table", async () => {
  const files = await readdir(new URL("commands", import.meta.url));
  const modules = files
    .filter((name) => !name.endsWith(".test.ts"))
    .map((name) => name.slice(0, -3));
  expect(modules.sort()).toEqual(
    paths(commands)
      .map((path) => path.join("-"))
      .sort(),
  );
});

test("a group alone shows its commands and exits 2", async () => {
  const io = fakeIo({ cwd: "/" });
  expect(await main(["cache"], io)).toBe(2);
  expect(io.err()).toMatch(/status +sizes, hits and misses/);
});
