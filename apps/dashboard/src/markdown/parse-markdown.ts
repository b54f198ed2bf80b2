import type { Block, Inline } from "./markdown-block.ts";
import { parseInline } from "./parse-inline.ts";

const deepest = 6;
const item = /^(\s{0,3})(?:[-*+]|(\d{1,9})[.)])\s+(?=\S)/;
const rule = /^ {0,3}(?:(?:- *){3,}|(?:\* *){3,}|(?:_ *){3,})$/;
const fence = /^ {0,3}(`{3,}|~{3,})/;

/**
 * The blocks of a small part of Markdown: headings, paragraphs, lists, tables, code, quotes and rules. Format:
 * https://spec.commonmark.org/0.31.2/ and, for tables, https://github.github.com/gfm/; what is not understood is text.
 */
export function parseMarkdown(text: string): readonly Block[] {
  return blocksOf(text.replace(/\r\n?/g, "\n").replaceAll("\t", "    ").split("\n"), 0);
}

function blocksOf(lines: readonly string[], depth: number): readonly Block[] {
  const blocks: Block[] = [];
  let at = 0;
  while (at < lines.length) {
    const line = lines[at] ?? "";
    if (line.trim() === "") {
      at += 1;
      continue;
    }
    const [block, next] = blockAt(lines, at, depth);
    blocks.push(block);
    at = next;
  }
  return blocks;
}

function blockAt(lines: readonly string[], at: number, depth: number): [Block, number] {
  const line = lines[at] ?? "";
  const heading = /^ {0,3}(#{1,6})(?:\s+(.*?))?(?:\s+#*)?$/.exec(line);
  if (heading) {
    const inside = parseInline(heading[2] ?? "");
    return [{ is: "heading", level: heading[1]?.length ?? 1, inside }, at + 1];
  }
  if (fence.test(line)) return codeAt(lines, at);
  if (rule.test(line)) return [{ is: "rule" }, at + 1];
  if (depth < deepest && line.startsWith(">")) return quoteAt(lines, at, depth);
  if (depth < deepest && item.test(line)) return listAt(lines, at, depth);
  if (isTable(lines, at)) return tableAt(lines, at);
  return paragraphAt(lines, at);
}

function codeAt(lines: readonly string[], at: number): [Block, number] {
  const mark = fence.exec(lines[at] ?? "")?.[1] ?? "```";
  let end = at + 1;
  while (end < lines.length && !(lines[end] ?? "").trim().startsWith(mark)) end += 1;
  return [{ is: "code", text: lines.slice(at + 1, end).join("\n") }, end + 1];
}

function quoteAt(lines: readonly string[], at: number, depth: number): [Block, number] {
  let end = at;
  while (end < lines.length && (lines[end] ?? "").startsWith(">")) end += 1;
  const inside = lines.slice(at, end).map((line) => line.replace(/^> ?/, ""));
  return [{ is: "quote", inside: blocksOf(inside, depth + 1) }, end];
}

function listAt(lines: readonly string[], at: number, depth: number): [Block, number] {
  const first = item.exec(lines[at] ?? "");
  const isNumbered = first?.[2] !== undefined;
  const items: (readonly Block[])[] = [];
  let end = at;
  while (end < lines.length) {
    const found = item.exec(lines[end] ?? "");
    if (!found || (found[2] !== undefined) !== isNumbered || rule.test(lines[end] ?? "")) break;
    const width = found[0].length;
    const inside = [(lines[end] ?? "").slice(width)];
    for (end += 1; end < lines.length; end += 1) {
      const line = lines[end] ?? "";
      const isDeeper = line.startsWith(" ".repeat(width)) || /^ {2,}/.test(line);
      if (line.trim() === "") {
        // An empty line ends the item unless what follows belongs to it.
        if (!/^ {2,}\S/.test(lines[end + 1] ?? "")) break;
        inside.push("");
      } else if (isDeeper) {
        inside.push(line.replace(new RegExp(`^ {0,${width}}`), ""));
      } else if (item.test(line) || startsBlock(line)) break;
      else inside.push(line);
    }
    items.push(blocksOf(inside, depth + 1));
    while ((lines[end] ?? "x").trim() === "" && item.test(lines[end + 1] ?? "")) end += 1;
  }
  return [{ is: "list", ...(isNumbered ? { start: Number(first?.[2]) } : {}), items }, end];
}

function isTable(lines: readonly string[], at: number): boolean {
  const below = lines[at + 1] ?? "";
  return (lines[at] ?? "").includes("|") && below.includes("-") && /^[\s|:-]+$/.test(below);
}

function tableAt(lines: readonly string[], at: number): [Block, number] {
  let end = at + 2;
  while (end < lines.length && (lines[end] ?? "").includes("|")) end += 1;
  const head = cells(lines[at] ?? "");
  const rows = lines.slice(at + 2, end).map((line) => {
    const row = cells(line);
    return head.map((_, column) => row[column] ?? []);
  });
  return [{ is: "table", head, rows }, end];
}

function cells(line: string): readonly (readonly Inline[])[] {
  const inside = line
    .trim()
    .replace(/^\|/, "")
    .replace(/(?<!\\)\|$/, "");
  return inside.split(/(?<!\\)\|/).map((cell) => parseInline(cell.trim()));
}

function paragraphAt(lines: readonly string[], at: number): [Block, number] {
  let end = at + 1;
  while (end < lines.length && !startsBlock(lines[end] ?? "") && !isTable(lines, end)) end += 1;
  const text = lines.slice(at, end).map((line) => line.replace(/^ +/, ""));
  return [{ is: "paragraph", inside: parseInline(text.join("\n").trimEnd()) }, end];
}

function startsBlock(line: string): boolean {
  return (
    line.trim() === "" ||
    /^ {0,3}#{1,6}(?:\s|$)/.test(line) ||
    fence.test(line) ||
    line.startsWith(">") ||
    item.test(line) ||
    rule.test(line)
  );
}
