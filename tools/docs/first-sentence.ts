/** A doc comment at the start of a line, and the line of code below it. */
const commented = /^\/\*\*([\s\S]*?)\*\/\n(.*)$/gm;
const exported =
  /^export (?:default )?(?:async )?(function|class|const|let|type|interface)\*? (\w+)/;

interface Candidate {
  readonly comment: string;
  /** Of what is exported below it. */
  readonly name: string | undefined;
  /** It stands alone, or above the imports. */
  readonly isOfFile: boolean;
  readonly isVerb: boolean;
}

/** `resume-plan.ts` is about `resumePlan` or `ResumePlan`. */
const plain = (name: string): string => name.replaceAll(/[-_]/g, "").toLowerCase();

/** The doc comment that says what a file is: of the file, of what it is named after, else of its first verb or export. */
function mainComment(source: string, file: string): string | undefined {
  const stem = plain(file.replace(/^.*\//, "").replace(/\.\w+$/, ""));
  const candidates: Candidate[] = [];
  for (const [, comment = "", below = ""] of source.matchAll(commented)) {
    const [, kind, name] = exported.exec(below) ?? [];
    candidates.push({
      comment,
      name,
      isOfFile: below === "" || below.startsWith("import "),
      isVerb: kind === "function" || kind === "class",
    });
  }
  const main =
    candidates.find(({ name }) => name !== undefined && plain(name) === stem) ??
    candidates.find(({ isOfFile }) => isOfFile) ??
    candidates.find(({ isVerb }) => isVerb) ??
    candidates.find(({ name }) => name !== undefined);
  return main?.comment;
}

/** First sentence of the doc comment that says what `file` is, as one line; undefined where it has none. */
export function firstSentence(source: string, file: string): string | undefined {
  const [paragraph = ""] = (mainComment(source, file) ?? "")
    .split("\n")
    .map((line) => line.replace(/^\s*\* ?/, "").trim())
    .join("\n")
    .trim()
    .split(/\n\n|\n(?=@)/);
  const text = paragraph.replace(/\s+/g, " ").trim();
  // A sentence ends before a capital, a figure or a quote; `e.g.` and `v1.0.0` go on.
  const masked = text.replace(/\b(?:e\.g|i\.e|et al)\./g, (short) => short.replaceAll(".", "_"));
  const end = /[.!?](?= [A-Z0-9"`'])/.exec(masked);
  const sentence = end ? text.slice(0, end.index + 1) : text;
  return sentence === "" ? undefined : sentence.replace(/:$/, ".");
}
