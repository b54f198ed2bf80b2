import { simpleCommands } from "./shell-words.ts";

/** One line that a reader would type. */
export interface ShellLine {
  /** From 1, in the page. */
  readonly line: number;
  readonly text: string;
}

const fence = /^```(\S*)\s*$/;
const shells = new Set(["sh", "bash"]);

/** A fenced block of any language; "" where it names none. */
export interface CodeBlock {
  readonly language: string;
  readonly lines: readonly ShellLine[];
}

/** All fenced blocks of a page. */
export function codeBlocks(markdown: string): readonly CodeBlock[] {
  const found: { readonly language: string; readonly lines: ShellLine[] }[] = [];
  let isOpen = false;
  for (const [index, text] of markdown.split("\n").entries()) {
    const [isFence, language = ""] = fence.exec(text) ?? [];
    if (isFence === undefined) {
      if (isOpen) found.at(-1)?.lines.push({ line: index + 1, text });
    } else {
      isOpen = !isOpen;
      if (isOpen) found.push({ language, lines: [] });
    }
  }
  return found;
}

/** The lines of `sh` and `bash` blocks, and what stands behind `$ ` in blocks without a language: a session with its output. */
export const shellLines = (markdown: string): readonly ShellLine[] =>
  codeBlocks(markdown).flatMap(({ language, lines }) => {
    if (shells.has(language)) return lines;
    const typed = language === "" ? lines.filter(({ text }) => text.startsWith("$ ")) : [];
    return typed.map(({ line, text }) => ({ line, text: text.slice(2) }));
  });

/**
 * Lines that write the page's own JSON blocks into files, as a reader would. `files` says by a part of a block where it
 * goes; the line is that of the block's end.
 */
export function writtenFiles(
  markdown: string,
  files: Readonly<Record<string, string>>,
): readonly ShellLine[] {
  const blocks = codeBlocks(markdown).map(({ lines }) => ({
    text: lines.map(({ text }) => text).join(" "),
    line: (lines.at(-1)?.line ?? 0) + 1,
  }));
  return Object.entries(files).flatMap(([part, path]) => {
    const block = blocks.find(({ text }) => text.includes(part));
    if (block === undefined) throw new Error(`no block of the page has ${part}`);
    return { line: block.line, text: `echo '${block.text}' > ${path}` };
  });
}

/** How many commands the lines have. */
export const countCommands = (lines: readonly ShellLine[]): number =>
  simpleCommands(lines.map(({ text }) => text).join("\n")).length;

/** What stands in for what in the lines of a page, and lines whose exit code is not 0. */
export interface PageChanges {
  readonly replace?: readonly (readonly [RegExp | string, string])[];
  /** Part of a command, and its exit code. */
  readonly exits?: Readonly<Record<string, number>>;
}

/**
 * A bash script of a page's commands. Each stands in the line that it has in the page, so that bash names the page's
 * line when it fails. The first line of a page is its title: `prelude` takes its place.
 */
export function pageScript(
  lines: readonly ShellLine[],
  prelude: string,
  { replace = [], exits = {} }: PageChanges,
): string {
  const script = [prelude];
  for (const { line, text } of lines) {
    const changed = replace.reduce((so, [from, to]) => so.replaceAll(from, to), text);
    const [, exit] = Object.entries(exits).find(([part]) => text.includes(part)) ?? [];
    const [command = ""] = exit === undefined ? [changed] : changed.split(/\s+#/);
    // bash goes on after a failure on the left of `&&`.
    const each = command.replaceAll(" && ", "; ");
    script[line - 1] = exit === undefined ? each : `${each} || test $? = ${exit}`;
  }
  return Array.from(script, (text) => text ?? "").join("\n") + "\n";
}
