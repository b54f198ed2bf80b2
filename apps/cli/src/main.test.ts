import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "@jest/globals";
import { tempDir } from "@plimsoll/testing";
import type { CommandModule } from "./command.ts";
import type { CommandEntry } from "./commands.ts";
import { CliError } from "./error.ts";
import { fakeIo } from "./fake-io.ts";
import { main } from "./main.ts";

let dir: Awaited<ReturnType<typeof tempDir>>;
beforeEach(async () => {
  dir = await tempDir();
});
afterEach(() => dir.remove());

interface EchoFlags {
  readonly fail?: string;
  readonly bug?: true;
  readonly exit?: string;
}

const echo: CommandModule<EchoFlags> = {
  define(command) {
    command
      .argument("[words...]")
      .option("--fail <code>", "fail with this code")
      .option("--bug", "throw what nobody expects")
      .option("--exit <code>", "end with this code");
  },
  async run({ output, settings, signal }, words, flags) {
    if (flags.fail !== undefined)
      throw Object.assign(new CliError("E_USAGE", "a.onnx: no"), { code: flags.fail });
    if (flags.bug) throw new TypeError("undefined is not a function");
    signal.throwIfAborted();
    output.event({ type: "result", words, level: settings.logLevel });
    output.line(words.join(" "));
    return flags.exit === undefined ? undefined : Number(flags.exit);
  },
};

let loads = 0;
const entries: readonly CommandEntry[] = [
  {
    name: "echo",
    summary: "say it",
    load: async () => {
      loads += 1;
      return echo;
    },
  },
  {
    name: "group",
    summary: "of commands",
    commands: [{ name: "echo", summary: "say it", load: async () => echo }],
  },
];

async function run(argv: readonly string[], facts: Partial<Parameters<typeof fakeIo>[0]> = {}) {
  const io = fakeIo({ cwd: dir.path, ...facts });
  const exit = await main(argv, io, entries);
  return { exit, out: io.out(), err: io.err(), events: io.events };
}

test("a command gets its arguments and gives the exit code", async () => {
  expect(await run(["echo", "a", "b"])).toMatchObject({ exit: 0, out: "a b\n", err: "" });
  expect(await run(["echo", "--exit", "7"])).toMatchObject({ exit: 7 });
  expect(await run(["group", "echo", "c"])).toMatchObject({ exit: 0, out: "c\n" });
});

test("global flags stand before or after the command", async () => {
  const { events } = await run(["--json", "echo", "--log-level", "debug", "x"]);
  expect(events()).toEqual([{ type: "result", words: ["x"], level: "debug" }]);
  expect((await run(["echo", "x", "--json"])).events()).toHaveLength(1);
});

test("a module is imported only when its command is called", async () => {
  loads = 0;
  const { out, exit } = await run(["--help"]);
  expect([exit, loads]).toEqual([0, 0]);
  expect(out).toMatch(/echo +say it/);
  expect(out).toMatch(/Exit codes: 0 done/);
  await run(["echo"]);
  expect(loads).toBe(1);
});

test("help of a command shows its own and the global options, in both spellings", async () => {
  const { out, exit } = await run(["echo", "--help"]);
  expect(exit).toBe(0);
  expect(out).toMatch(/--fail <code>/);
  expect(out).toMatch(/--json/);
  expect((await run(["help", "echo"])).out).toBe(out);
});

test("an error is one line on stderr and its exit code", async () => {
  expect(await run(["echo", "--fail", "E_DIGEST"])).toMatchObject({
    exit: 5,
    out: "",
    err: "plimsoll: E_DIGEST a.onnx: no\n",
  });
});

test("with --json an error is an event, and stderr stays empty", async () => {
  const { exit, err, events } = await run(["echo", "--fail", "E_DIGEST", "--json"]);
  expect([exit, err]).toEqual([5, ""]);
  expect(events()).toEqual([{ type: "error", code: "E_DIGEST", exit: 5, message: "a.onnx: no" }]);
});

test("wrong usage exits 2 with one line, also before a command is known", async () => {
  for (const argv of [
    ["ecko"],
    ["echo", "--nope"],
    ["--log-level"],
    ["echo", "--log-level", "loud"],
    ["group", "x"],
  ]) {
    const { exit, err, out } = await run(argv);
    expect([argv, exit, out]).toEqual([argv, 2, ""]);
    expect(err).toMatch(/^plimsoll: E_USAGE [^\n]+\n$/);
  }
  expect((await run(["ecko"])).err).toMatch(/Did you mean echo/);
  expect((await run(["echo", "--nope", "--json"])).events()[0]).toMatchObject({
    type: "error",
    code: "E_USAGE",
  });
});

test("no command: help on stderr and exit 2", async () => {
  const { exit, err, out } = await run([]);
  expect([exit, out]).toEqual([2, ""]);
  expect(err).toMatch(/Usage: plimsoll/);
});

test("a bug exits 1 and shows its stack only when asked", async () => {
  const quiet = await run(["echo", "--bug"]);
  expect(quiet.exit).toBe(1);
  expect(quiet.err).toMatch(/^plimsoll: E_BUG undefined is not a function .*--log-level debug/);
  expect(quiet.err.split("\n")).toHaveLength(2);
  expect((await run(["echo", "--bug", "--log-level", "debug"])).err).toMatch(/at .*main\.test/);
});

test("Ctrl-C exits 130 and says that nothing is lost", async () => {
  const controller = new AbortController();
  controller.abort("SIGINT");
  const { exit, err } = await run(["echo"], { signal: controller.signal });
  expect(exit).toBe(130);
  expect(err).toMatch(/^plimsoll: E_CANCELLED cancelled: .* goes on/);
});

test("the version", async () => {
  const { exit, out } = await run(["--version"]);
  expect(exit).toBe(0);
  expect(out).toMatch(/^\d+\.\d+\.\d+\n$/);
});

test("a wrong key in the config is named, with a guess", async () => {
  await writeFile(join(dir.path, "plimsoll.config.json"), `{ "publish": { "form": "x" } }`);
  const { exit, err } = await run(["echo"]);
  expect(exit).toBe(2);
  expect(err).toBe(
    'plimsoll: E_USAGE plimsoll.config.json: publish.form: unknown key; did you mean "from"?\n',
  );
});

test("a config is strict JSON: a key given twice is refused", async () => {
  await mkdir(join(dir.path, "conf"));
  await writeFile(
    join(dir.path, "conf", "c.json"),
    `{ "stores": { "a": "s3://x", "a": "s3://y" } }`,
  );
  const { exit, err } = await run(["echo", "--config", "conf/c.json"]);
  expect(exit).toBe(2);
  expect(err).toMatch(/^plimsoll: E_USAGE conf\/c\.json: .*"a"/);
});

test("a config that is named must exist", async () => {
  const { exit, err } = await run(["echo", "--config", "none.json"]);
  expect(exit).toBe(3);
  expect(err).toMatch(/^plimsoll: E_NOT_FOUND none\.json: no such config file/);
});

test("LOG_LEVEL that cannot be used stops with its name", async () => {
  const { exit, err } = await run(["echo"], { env: { LOG_LEVEL: "shout" } });
  expect(exit).toBe(2);
  expect(err).toMatch(/^plimsoll: E_USAGE LOG_LEVEL: "shout"/);
});
