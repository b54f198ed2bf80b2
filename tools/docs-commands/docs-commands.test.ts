import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, test } from "@jest/globals";
import { parseHelp, readAllHelp, wrongCall } from "./command-help.ts";
import { shellLines } from "./page-script.ts";
import { allPages, readPage } from "./pages.ts";
import { simpleCommands } from "./shell-words.ts";

const root = fileURLToPath(new URL("../..", import.meta.url));

/** Commands of blocks, and those that stand in a sentence or a table as `plimsoll …` or `npx …`. */
const texts = allPages().flatMap((page) => {
  const markdown = readPage(page);
  const prose = markdown.replace(/^```[\s\S]*?^```/gm, (block) => block.replace(/[^\n]/g, ""));
  const joined = shellLines(markdown).reduce<{ page: string; line: number; text: string }[]>(
    (all, { line, text }) => {
      const last = all.at(-1);
      if (last?.text.endsWith("\\")) last.text += `\n${text}`;
      else all.push({ page, line, text });
      return all;
    },
    [],
  );
  const spans = [...prose.matchAll(/`((?:npx )?(?:plimsoll|nx run) (?!…|gear |<)[^`]+)`/g)].map(
    (found) => ({
      page,
      line: prose.slice(0, found.index).split("\n").length,
      text: (found[1] ?? "").replace(/\n/g, " "),
    }),
  );
  return [...joined, ...spans];
});

/** Programs that pages may name; another one is a slip, or belongs here. */
const programs = new Set(
  "npx npm node git curl aws export cd cp mkdir rm cat echo docker kubectl helm openssl gcloud gsutil gh minisign cosign ssh-keygen sha256sum shasum plimsoll promtool bash sh pip python render railway apt-get sudo tar ls test".split(
    " ",
  ),
);

test("words are read as a shell reads them", () => {
  const text = "A=1 b 'c d' \\\n  --e=\"f\" # g\nh && i > j | k; l\n";
  expect(simpleCommands(text)).toEqual([["b", "c d", "--e=f"], ["h"], ["i"], ["k"], ["l"]]);
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
  for (const { page, line, text } of texts) {
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
