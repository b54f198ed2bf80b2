import { expect, test } from "@jest/globals";
import { parseMarkdown } from "./parse-markdown.ts";

const text = (words: string) => ({ is: "text", text: words });

test("a card as the training writes it", () => {
  const card = [
    "# sounds",
    "",
    "Task: audio. Classes: a\\_b, c.",
    "",
    "| figure | this version |",
    "| --- | --- |",
    "| accuracy | 0.934 |",
    "| a \\| b |",
    "",
    "![Learning curves](learning-curves.svg)",
    "",
    "- seed: 1",
    "- `E_MEDIA` no sound",
  ].join("\n");
  expect(parseMarkdown(card)).toEqual([
    { is: "heading", level: 1, inside: [text("sounds")] },
    { is: "paragraph", inside: [text("Task: audio. Classes: a_b, c.")] },
    {
      is: "table",
      head: [[text("figure")], [text("this version")]],
      rows: [
        [[text("accuracy")], [text("0.934")]],
        [[text("a | b")], []],
      ],
    },
    {
      is: "paragraph",
      inside: [{ is: "picture", source: "learning-curves.svg", says: "Learning curves" }],
    },
    {
      is: "list",
      items: [
        [{ is: "paragraph", inside: [text("seed: 1")] }],
        [{ is: "paragraph", inside: [{ is: "code", text: "E_MEDIA" }, text(" no sound")] }],
      ],
    },
  ]);
});

test("lists in lists, numbers that start late, items of several lines", () => {
  const [list] = parseMarkdown("3. one\n   more\n   - inner\n4. two\n\nafter");
  expect(list).toMatchObject({
    is: "list",
    start: 3,
    items: [
      [{ is: "paragraph", inside: [text("one more")] }, { is: "list" }],
      [{ is: "paragraph", inside: [text("two")] }],
    ],
  });
});

test("code keeps its lines, quotes hold blocks, a rule is one", () => {
  expect(parseMarkdown("```sh\na  <b>\n\nc\n```\n> # q\n\n---")).toEqual([
    { is: "code", text: "a  <b>\n\nc" },
    { is: "quote", inside: [{ is: "heading", level: 1, inside: [text("q")] }] },
    { is: "rule" },
  ]);
});

test.each([
  ["**bold _and_ more**", "strong(bold emphasis(and) more)"],
  ["snake_case_name 2*3*4", "snake_case_name 2emphasis(3)4"],
  ["not *closed and ** alone", "not *closed and ** alone"],
  [
    '[site](https://example.org "t") <https://a.example>',
    "link:https://example.org(site) link:https://a.example(https://a.example)",
  ],
  ["[x](javascript:alert(1))", "emphasis(x))"],
  [
    "[x](data:text/html,hi) [y](/etc/passwd) <javascript:1>",
    "emphasis(x) emphasis(y) <javascript:1>",
  ],
  ["<img src=x onerror=alert(1)>", "<img src=x onerror=alert(1)>"],
  ["***both*** and **a*b**", "strong(emphasis(both)) and strong(a*b)"],
  ["\\*plain\\* `a*b`", "*plain* code(a*b)"],
])("%p reads %p", (source, shown) => {
  interface Any {
    readonly is: string;
    readonly text?: string;
    readonly href?: string;
    readonly inside?: readonly Any[];
  }
  const show = ({ is, text: words, href, inside }: Any): string => {
    if (is === "text") return words ?? "";
    return `${is}${href ? `:${href}` : ""}(${words ?? (inside ?? []).map(show).join("")})`;
  };
  const [block] = parseMarkdown(source) as readonly Any[];
  expect((block?.inside ?? []).map(show).join("")).toBe(shown);
});

test("hostile input ends in time: marks without ends, deep lists, long lines", () => {
  for (const piece of ["*", "[", "`", "> ", "- ", "|-\n", "![a](", "_a "]) {
    expect(parseMarkdown(piece.repeat(20_000)).length).toBeGreaterThan(0);
  }
});
