import { execFileSync } from "node:child_process";
import { chmod, mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, test } from "@jest/globals";
import { parseHelp, readAllHelp, wrongCall } from "./command-help.ts";
import { fencedBlocks } from "./fenced-blocks.ts";
import { allBlocks } from "./pages.ts";
import { simpleCommands } from "./shell-words.ts";

const root = fileURLToPath(new URL("../..", import.meta.url));
const blocks = allBlocks();

/** Programs that pages may name; another one is a slip, or belongs here. */
const programs = new Set(
  "npx npm node git curl aws export cd cp mkdir rm cat echo docker kubectl helm openssl gcloud gsutil gh minisign cosign ssh-keygen sha256sum shasum plimsoll promtool bash sh pip python render railway apt-get sudo tar ls test".split(
    " ",
  ),
);

test("blocks and words are read as a shell reads them", () => {
  const page =
    "a\n<!-- run -->\n\n```sh\nA=1 b 'c d' \\\n  --e=\"f\" # g\n```\n\n```json\n{}\n```\n\n```bash\nh && i > j | k; l\n```\n";
  const found = fencedBlocks("page.md", page);
  expect(found.map(({ line, isRun }) => [line, isRun])).toEqual([
    [5, true],
    [14, false],
  ]);
  expect(found.flatMap(({ text }) => simpleCommands(text))).toEqual([
    ["b", "c d", "--e=f"],
    ["h"],
    ["i"],
    ["k"],
    ["l"],
  ]);
});

test("a wrong call is found", () => {
  const main = parseHelp(
    "Usage: x\n\nOptions:\n  --json  text\n\nCommands:\n  sync   text\n  cache  text\n",
  );
  const sync = parseHelp(
    "Usage: x sync [options] [source]\n\nOptions:\n  --dir <folder>  text\n  --force   text\n",
  );
  const help = new Map([
    ["", main],
    ["sync", sync],
  ]);
  expect(wrongCall(["sync", "a", "--dir", "b", "--force"], help)).toBeUndefined();
  expect(wrongCall(["sink"], help)).toContain("no command sink");
  expect(wrongCall(["sync", "--drr", "b"], help)).toContain("no --drr");
  expect(wrongCall([], help)).toContain("needs a command");
});

test("every command of README and docs is one that there is", async () => {
  const json = async (path: string) =>
    JSON.parse(await readFile(join(root, path), "utf8")) as Record<string, unknown>;
  const { scripts } = (await json("package.json")) as { readonly scripts: Record<string, string> };
  const { nx } = (await json("tools/package.json")) as {
    readonly nx: { readonly targets: Record<string, object> };
  };
  const help = await readAllHelp();
  const wrong: string[] = [];
  let calls = 0;
  for (const { page, line, text } of blocks) {
    for (const [program = "", ...words] of simpleCommands(text)) {
      const say = (what: string | undefined) =>
        what !== undefined && wrong.push(`${page}:${line}: ${what}`);
      const isOurs = program === "npx" && words[0] === "plimsoll";
      if (!programs.has(program)) say(`${program}: no program that pages name`);
      if (isOurs || program === "plimsoll") {
        calls += 1;
        say(wrongCall(isOurs ? words.slice(1) : words, help));
      }
      if (
        program === "npm" &&
        words[0] === "run" &&
        words[1] !== undefined &&
        !(words[1] in scripts)
      ) {
        say(`npm run ${words[1]}: no such script`);
      }
      if (program === "npx" && words[0] === "nx" && words[1] === "run") {
        const target = words[2]?.split(":").at(-1) ?? "";
        const known =
          target in nx.targets ||
          ["weights-sync", "weights-verify", "publish-weights"].includes(target);
        if (!known) say(`npx nx run ${target}: no such target`);
      }
    }
  }
  expect(wrong).toEqual([]);
  expect(calls).toBeGreaterThan(50);
}, 180_000);

const runnable = [...new Set(blocks.filter(({ isRun }) => isRun).map(({ page }) => page))];

test("there are pages whose commands run", () => expect(runnable.length).toBeGreaterThan(0));

test.each(runnable)(
  "the commands of %s that say so run, in their order, in an empty folder",
  async (page) => {
    const dir = await mkdtemp(join(tmpdir(), "plimsoll-docs-"));
    try {
      const bin = join(dir, ".bin");
      await mkdir(bin);
      const cli = join(root, "apps/cli/bin/plimsoll.js");
      await writeFile(
        join(bin, "npx"),
        `#!/bin/sh\n[ "$1" = plimsoll ] || exit 127\nshift\nexec "${process.execPath}" "${cli}" "$@"\n`,
      );
      await chmod(join(bin, "npx"), 0o755);
      const env = {
        PATH: [bin, process.env["PATH"]].join(delimiter),
        HOME: dir,
        PLIMSOLL_CACHE_DIR: join(dir, ".cache"),
        LOG_LEVEL: "error",
        GIT_CONFIG_COUNT: "2",
        GIT_CONFIG_KEY_0: "user.name",
        GIT_CONFIG_VALUE_0: "A Reader",
        GIT_CONFIG_KEY_1: "user.email",
        GIT_CONFIG_VALUE_1: "reader@example.com",
      };
      for (const { text, line, isRun, page: of } of blocks) {
        if (of !== page || !isRun) continue;
        try {
          execFileSync("bash", ["--norc", "-euo", "pipefail", "-c", text], {
            cwd: dir,
            env,
            encoding: "utf8",
            stdio: "pipe",
          });
        } catch (error) {
          throw new Error(`${page}:${line}: ${(error as { readonly stderr: string }).stderr}`, {
            cause: error,
          });
        }
      }
    } finally {
      await rm(dir, { recursive: true, force: true });
    }
  },
  180_000,
);
