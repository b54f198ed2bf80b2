import { createRequire } from "node:module";
import { expect, test } from "@jest/globals";

type TypedArgv = (
  commandLine: readonly string[] | undefined,
  task: { readonly project: string; readonly target: string },
  unparsed: readonly string[],
) => readonly string[];

const require = createRequire(import.meta.url);
const { typedArgv } = require("./typed-argv.cjs") as { readonly typedArgv: TypedArgv };
const task = { project: "tools", target: "publish-weights" };

test.each<[string, string[], string[]]>([
  ["run and the target", ["run", "publish-weights", "--to", "a"], ["--to", "a"]],
  ["a separator", ["run", "publish-weights", "--", "--to", "a"], ["--to", "a"]],
  [
    "a separator later",
    ["run", "publish-weights", "--to", "a", "--", "--json"],
    ["--to", "a", "--json"],
  ],
  ["two separators", ["run", "publish-weights", "--", "--", "a"], ["--", "a"]],
  ["project and target", ["run", "tools:publish-weights", "a"], ["a"]],
  ["a configuration", ["run", "tools:publish-weights:ci", "a"], ["a"]],
  ["Nx's own flags before", ["run", "--skip-nx-cache", "publish-weights", "a"], ["a"]],
  ["no run", ["publish-weights", "tools", "--to", "a"], ["--to", "a"]],
  ["no run, no project", ["publish-weights", "--to", "tools"], ["--to", "tools"]],
  ["a path like the project", ["run", "publish-weights", "tools"], ["tools"]],
  ["flags that Nx keeps", ["run", "publish-weights", "--exclude", "*.tmp"], ["--exclude", "*.tmp"]],
  ["nothing", ["run", "publish-weights"], []],
])("arguments as typed: %s", (_, commandLine, expected) => {
  expect(typedArgv(commandLine, task, ["mangled"])).toEqual(expected);
});

test("where the target is not named, what Nx passes on is all there is", () => {
  expect(typedArgv(["run-many", "-t", "all"], task, ["--json"])).toEqual(["--json"]);
  expect(typedArgv(undefined, task, ["--json"])).toEqual(["--json"]);
});
