import type { Inline } from "./markdown-block.ts";

/** A longer line is shown as it is: its closing marks would be looked for again and again. */
const longest = 20_000;
const deepest = 6;
/** Marks whose ends lie further apart are no marks. */
const farthest = 1_000;
const punctuation = /[!-/:-@[-`{-~]/;
const wordEnd = /[\p{L}\p{N}]/u;

/**
 * Emphasis, code, links and pictures of one line or paragraph. What is no complete mark is text, HTML too: the page
 * never makes markup of it.
 */
export function parseInline(text: string, depth = 0): readonly Inline[] {
  if (text.length > longest || depth > deepest) return [{ is: "text", text }];
  const found: Inline[] = [];
  let plain = "";
  const flush = (): void => {
    if (plain) found.push({ is: "text", text: plain });
    plain = "";
  };
  let at = 0;
  while (at < text.length) {
    const mark = markAt(text, at, depth);
    if (mark) {
      if (typeof mark.gives === "string") plain += mark.gives;
      else {
        flush();
        found.push(mark.gives);
      }
      at = mark.end;
    } else {
      plain += text[at];
      at += 1;
    }
  }
  flush();
  return found;
}

interface Mark {
  readonly gives: Inline | string;
  readonly end: number;
}

function markAt(text: string, at: number, depth: number): Mark | undefined {
  switch (text[at]) {
    case "\\": {
      const next = text[at + 1] ?? "";
      if (next === "\n") return { gives: { is: "break" }, end: at + 2 };
      return punctuation.test(next) ? { gives: next, end: at + 2 } : undefined;
    }
    case "\n":
      return text[at - 1] === " " && text[at - 2] === " "
        ? { gives: { is: "break" }, end: at + 1 }
        : { gives: " ", end: at + 1 };
    case "`":
      return codeAt(text, at);
    case "*":
    case "_":
      return emphasisAt(text, at, depth);
    case "!":
      return text[at + 1] === "[" ? linkAt(text, at + 1, depth, true) : undefined;
    case "[":
      return linkAt(text, at, depth, false);
    case "<":
      return addressAt(text, at);
    default:
      return undefined;
  }
}

function codeAt(text: string, at: number): Mark | undefined {
  const fence = /^`+/.exec(text.slice(at, at + 10))?.[0] ?? "`";
  const end = text.indexOf(fence, at + fence.length);
  if (end < 0) return undefined;
  const code = text.slice(at + fence.length, end).replaceAll("\n", " ");
  return { gives: { is: "code", text: code.trim() || code }, end: end + fence.length };
}

function emphasisAt(text: string, at: number, depth: number): Mark | undefined {
  const sign = text[at] ?? "";
  const mark = text[at + 1] === sign ? sign + sign : sign;
  const start = at + mark.length;
  // `snake_case` is one word.
  if (sign === "_" && wordEnd.test(text[at - 1] ?? "")) return undefined;
  if (/^\s?$/.test(text[start] ?? "")) return undefined;
  let end = text.indexOf(mark, start);
  for (; end > 0 && end - start < farthest; end = text.indexOf(mark, end + 1)) {
    if (/[\s\\]/.test(text[end - 1] ?? "")) continue;
    if (mark.length === 1 && (text[end + 1] === sign || text[end - 1] === sign)) continue;
    // Of `***` the last two close.
    if (text[end + 2] === sign && mark.length === 2) continue;
    if (sign === "_" && wordEnd.test(text[end + mark.length] ?? "")) continue;
    const inside = parseInline(text.slice(start, end), depth + 1);
    const is = mark.length === 2 ? "strong" : "emphasis";
    return { gives: { is, inside }, end: end + mark.length };
  }
  return undefined;
}

/** `[words](address "title")` from its bracket on; the title is left out. */
function linkAt(text: string, at: number, depth: number, picture: boolean): Mark | undefined {
  let open = 0;
  let close = at;
  for (; close < text.length && close - at < farthest; close += 1) {
    if (text[close] === "\\") close += 1;
    else if (text[close] === "[") open += 1;
    else if (text[close] === "]" && (open -= 1) === 0) break;
  }
  if (text[close + 1] !== "(") return undefined;
  const end = text.indexOf(")", close + 2);
  if (end < 0) return undefined;
  const [address = ""] = text
    .slice(close + 2, end)
    .trim()
    .split(/\s/);
  const words = text.slice(at + 1, close);
  if (picture) {
    return { gives: { is: "picture", source: address, says: words }, end: end + 1 };
  }
  const inside = parseInline(words, depth + 1);
  if (isSafe(address)) return { gives: { is: "link", href: address, inside }, end: end + 1 };
  // Words without a way: scripts and files that are not here.
  return { gives: { is: "emphasis", inside }, end: end + 1 };
}

function addressAt(text: string, at: number): Mark | undefined {
  const href = /^<([^\s<>]{1,2000})>/.exec(text.slice(at, at + 2002))?.[1];
  if (href === undefined || !isSafe(href)) return undefined;
  return {
    gives: { is: "link", href, inside: [{ is: "text", text: href }] },
    end: at + href.length + 2,
  };
}

/** Whether an address may be opened: the web and mail, nothing that runs. */
function isSafe(address: string): boolean {
  return /^(?:https?:\/\/|mailto:)/i.test(address) && URL.canParse(address);
}
