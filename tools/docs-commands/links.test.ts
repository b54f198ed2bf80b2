import { existsSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, test } from "@jest/globals";

const root = fileURLToPath(new URL("../..", import.meta.url));
const docs = readdirSync(join(root, "docs"), { recursive: true, encoding: "utf8" })
  .map((path) => join("docs", path))
  .filter((path) => path.endsWith(".md") && !/^docs.(?:api|map\.md$)/.test(path));
// The map is generated, and checked where it is made.
const pages = ["README.md", "CONTRIBUTING.md", "SECURITY.md", "CHANGELOG.md", ...docs];

/** How GitHub names the headings of a page. */
const anchors = (markdown: string): ReadonlySet<string> =>
  new Set([
    ...[...markdown.matchAll(/^#+ (.+)$/gm)].map(([, title = ""]) =>
      title
        .toLowerCase()
        .replace(/[^\p{L}\p{N} _-]/gu, "")
        .replaceAll(" ", "-"),
    ),
    ...[...markdown.matchAll(/<a (?:id|name)="([^"]+)"/g)].map(([, name = ""]) => name),
  ]);

test("links of all pages lead to a file, and to a heading where they name one", () => {
  const wrong: string[] = [];
  for (const page of pages) {
    const text = readFileSync(join(root, page), "utf8").replace(/^```[\s\S]*?^```/gm, "");
    for (const [, target = ""] of text.matchAll(/\]\(([^)\s]+)\)/g)) {
      if (/^[a-z]+:/.test(target)) continue;
      const [path = "", anchor] = target.split("#");
      const file = path === "" ? join(root, page) : join(root, dirname(page), path);
      if (!existsSync(file)) wrong.push(`${page}: ${target}`);
      else if (anchor && file.endsWith(".md") && !anchors(readFileSync(file, "utf8")).has(anchor)) {
        wrong.push(`${page}: ${target}: no such heading`);
      }
    }
  }
  expect(wrong).toEqual([]);
});
