import { execFileSync } from "node:child_process";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { beforeAll, expect, test } from "@jest/globals";
import { codeBlocks, pageScript, shellLines, writtenFiles } from "./page-script.ts";
import { pageSettings } from "./page-settings.ts";
import { allPages, readPage } from "./pages.ts";
import { runPage } from "./run-page.ts";
import { namedFiles, standInFor } from "./stand-ins.ts";

const root = fileURLToPath(new URL("../..", import.meta.url));
const pages = allPages().filter((page) => shellLines(readPage(page)).length > 0);
/** `npm run nightly` runs what takes long, too. */
const nightly = process.env["PLIMSOLL_NIGHTLY"] === "1";
const totals = { commands: 0, stoodIn: [] as string[] };

// Brings the built command line up to date, once: the pages' commands take it as it is then.
beforeAll(() => {
  execFileSync(process.execPath, [join(root, "apps/cli/bin/plimsoll.js"), "--help"]);
}, 300_000);

const page =
  "# T\n\n```sh\na b && c   # d\n```\n\n```\n$ e s3://x\nsaid\n```\n\n```json\n{ 1 }\n```\n";

test("a script has each command in the line of its page", () => {
  const lines = shellLines(page);
  expect(lines.map(({ line }) => line)).toEqual([4, 8]);
  const files = writtenFiles(page, { "{ 1": "one.json" });
  const script = pageScript([...lines, ...files], "prelude", {
    replace: [["x", "y"]],
    exits: { "e s3": 3 },
  });
  expect(script.split("\n")).toEqual([
    "prelude",
    "",
    "",
    "a b; c   # d",
    "",
    "",
    "",
    "e s3://y || test $? = 3",
    "",
    "",
    "",
    "",
    "",
    "echo '{ 1 }' > one.json",
    "",
  ]);
  expect(codeBlocks(page).map(({ language }) => language)).toEqual(["sh", "", "json"]);
});

test("a page whose command fails is told with its line", async () => {
  const { failure, commands } = await runPage("# T\n\n```sh\necho ok\nfalse && echo no\n```\n");
  expect(commands).toBe(3);
  expect(failure).toContain("line 5: false: exit 1");
}, 60_000);

test("settings are of pages that there are", () => {
  expect(pages).toEqual(expect.arrayContaining(Object.keys(pageSettings)));
});

test.each(pages.filter((name) => nightly || pageSettings[name]?.nightly !== true))(
  "the commands of %s do what the page says",
  async (name) => {
    const { failure, commands, stoodIn } = await runPage(
      readPage(name),
      pageSettings[name],
      nightly,
    );
    expect(failure).toBe("");
    expect(commands).toBeGreaterThan(0);
    totals.commands += commands;
    totals.stoodIn.push(...stoodIn);
  },
  300_000,
);

test("commands that are not run have a reason, and what they name is there", () => {
  const reasons = new Map<string, number>();
  for (const command of totals.stoodIn) {
    const reason = standInFor(command) ?? `no reason for ${command}`;
    reasons.set(reason, (reasons.get(reason) ?? 0) + 1);
    for (const file of namedFiles(command))
      expect([file, existsSync(join(root, file))]).toEqual([file, true]);
  }
  const run = totals.commands - totals.stoodIn.length;
  const list = [...reasons].map(([reason, count]) => `  ${count} ${reason}`).join("\n");
  console.info(`${run} of ${totals.commands} commands of the pages were run; not run:\n${list}`);
  expect([...reasons.keys()].filter((reason) => reason.startsWith("no reason"))).toEqual([]);
  expect(run / totals.commands).toBeGreaterThan(0.8);
});
