/** One fenced block of shell commands in a page. */
export interface FencedBlock {
  readonly page: string;
  /** Line of the first command, from 1. */
  readonly line: number;
  readonly text: string;
  /** The page says `<!-- run -->` before it: a test runs it. */
  readonly isRun: boolean;
}

const opening = /^```(?:sh|bash)\s*$/;

/** The `sh` and `bash` blocks of a Markdown page. */
export function fencedBlocks(page: string, markdown: string): readonly FencedBlock[] {
  const lines = markdown.split("\n");
  const found: FencedBlock[] = [];
  for (let index = 0; index < lines.length; index += 1) {
    if (!opening.test(lines[index] ?? "")) continue;
    const before = lines.slice(0, index).findLast((line) => line.trim() !== "") ?? "";
    const end = lines.findIndex((line, at) => at > index && line.startsWith("```"));
    found.push({
      page,
      line: index + 2,
      text: lines.slice(index + 1, end).join("\n"),
      isRun: before.trim() === "<!-- run -->",
    });
    index = end;
  }
  return found;
}
