/** What to do about a finding: not use the file · look at it · know it. */
export type FindingLevel = "refuse" | "warn" | "note";

/**
 * What a finding is about. `code`: something runs when the file is loaded, or may · `structure`: the file breaks a rule
 * of its format, or two programs may read it in two ways · `name`: the content is not what the name says · `path`: data in
 * files that no release can hold · `operator`: an operator that needs a library of its own · `unseen`: a part was not
 * looked into · `content`: worth knowing.
 */
export type FindingRule =
  "code" | "structure" | "name" | "path" | "operator" | "unseen" | "content";

/** One thing that a scan found. */
export interface Finding {
  readonly level: FindingLevel;
  readonly rule: FindingRule;
  /** In words, control characters escaped; begins with the entry where it was found inside an archive. */
  readonly what: string;
}
