import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "@jest/globals";
import { exitCodes, thrownCodes } from "./error-codes.ts";
import { errorMeanings } from "./error-meanings.ts";
import { disagreements, type ErrorFacts, errorsPage } from "./errors-page.ts";
import { firstSentence } from "./first-sentence.ts";
import { mapPage } from "./map-page.ts";
import { writePages } from "./write-pages.ts";

const meaning = { meaning: "It broke.", help: "Mend it." };
const facts = (changes: Partial<ErrorFacts>): ErrorFacts => ({
  rooms: new Map([["E_A", ["cache", "fetch"]]]),
  exits: { E_A: 7 },
  meanings: { E_A: meaning },
  ...changes,
});

test("a row for a code has its exit code, rooms, meaning and help", () => {
  expect(errorsPage(facts({}))).toContain("| `E_A` | 7 | cache, fetch | It broke. | Mend it. |");
});

test.each<[string, Partial<ErrorFacts>, RegExp]>([
  [
    "thrown but not documented",
    { rooms: new Map([["E_B", ["cache"]]]), exits: { E_A: 7, E_B: 1 } },
    /^E_B: .*error-meanings/,
  ],
  ["thrown without an exit code", { exits: {} }, /^E_A: .*exit-code/],
  [
    "documented but nowhere in the code",
    { meanings: { E_A: meaning, E_C: meaning } },
    /^E_C: .*exit-code/,
  ],
])("a code that is %s stops the page", (_, changes, expected) => {
  expect(() => errorsPage(facts(changes))).toThrow(expected);
});

test("code and documentation of this workspace agree both ways", async () => {
  const rooms = await thrownCodes();
  expect(rooms.get("E_DIGEST")).toEqual(expect.arrayContaining(["cache", "fetch", "weights"]));
  expect(disagreements({ rooms, exits: await exitCodes(), meanings: errorMeanings })).toEqual([]);
});

test.each([
  [
    "what the file is named after",
    "/** How long. */\nexport const ms = 5;\n\n/** Waits. Then goes on. */\nexport function backOff() {}\n",
    "Waits.",
  ],
  [
    "the file's own comment",
    "/**\n * Says e.g. v1.0.0 once: done.\n *\n * More.\n */\nimport x from 'y';\n\n/** Other. */\nexport const other = 1;\n",
    "Says e.g. v1.0.0 once: done.",
  ],
  [
    "the first verb",
    "/** A type. */\nexport interface A {}\n/** A verb\n * over lines:\n *\n * - a\n */\nexport async function b() {}\n",
    "A verb over lines.",
  ],
  [
    "nothing of what is not exported",
    "/** Inner. */\nconst inner = 1;\nexport const x = inner;\n",
    undefined,
  ],
])("the first sentence is that of %s", (_, source, expected) => {
  expect(firstSentence(source, "src/back-off.ts")).toBe(expected);
});

test("a room without a description stops the map", async () => {
  const room = { path: "libs/x", name: "x", packageName: "@plimsoll/x", description: undefined };
  await expect(mapPage([room], {})).rejects.toThrow(/libs\/x\/package\.json/);
});

test("a check names a page that differs and leaves it; a write makes it right", async () => {
  const root = await mkdtemp(join(tmpdir(), "plimsoll-docs-"));
  try {
    const pages = [
      { path: "a.md", text: "new" },
      { path: "b.md", text: "same" },
    ];
    await writeFile(join(root, "a.md"), "old");
    await writeFile(join(root, "b.md"), "same");
    expect(await writePages(pages, { root, check: true })).toEqual(["a.md"]);
    expect(await readFile(join(root, "a.md"), "utf8")).toBe("old");
    expect(await writePages(pages, { root, check: false })).toEqual(["a.md"]);
    expect(await writePages(pages, { root, check: true })).toEqual([]);
  } finally {
    await rm(root, { recursive: true });
  }
});
