/** Simple commands of a shell text, each as its words: quotes taken off, comments, redirections and variables before it left out. */
export function simpleCommands(text: string): readonly (readonly string[])[] {
  const joined = text.replace(/\\\n\s*/g, " ");
  return joined
    .split("\n")
    .flatMap(wordsOfLine)
    .map(withoutAssignments)
    .filter((words) => words.length > 0);
}

const operators = new Set(["&&", "||", ";", "|", "&"]);
const assignment = /^[A-Za-z_][A-Za-z0-9_]*=/;

function withoutAssignments(words: readonly string[]): readonly string[] {
  const start = words.findIndex((word) => !assignment.test(word));
  return start === -1 ? [] : words.slice(start);
}

function wordsOfLine(line: string): readonly (readonly string[])[] {
  const commands: string[][] = [[]];
  let isTarget = false;
  // A quoted part, `$(…)`, an operator, a redirection, a comment, or plain characters.
  const token =
    /\s+|(#.*$)|(&&|\|\||[;|&](?!>))|(\d?>>?|<)|((?:'[^']*'|"(?:\\.|[^"\\])*"|\$\([^)]*\)|\\.|[^\s;|&<>'"])+)/gy;
  for (const [, comment, operator, redirection, word] of line.matchAll(token)) {
    if (comment !== undefined) break;
    if (operator !== undefined && operators.has(operator)) commands.push([]);
    if (redirection !== undefined) isTarget = true;
    if (word === undefined) continue;
    if (isTarget) isTarget = false;
    else commands.at(-1)?.push(plain(word));
  }
  return commands.filter((words) => words.length > 0);
}

function plain(word: string): string {
  return word.replace(
    /'([^']*)'|"((?:\\.|[^"\\])*)"/g,
    (_, single?: string, double?: string) => single ?? (double ?? "").replace(/\\(.)/g, "$1"),
  );
}
