import { expandLimits, type ExpandBudget } from "../format/zip/open-entry.ts";
import type { RandomAccess } from "../bytes/random-access.ts";
import { printable } from "../text/printable.ts";
import { isAllowedGlobal } from "./allowed-globals.ts";
import type { Finding, FindingLevel, FindingRule } from "./finding.ts";
import type { PickleContent } from "./scan-pickle.ts";

/** Bytes that are looked at: the file itself, or an entry of an archive in it. */
export interface Content {
  readonly file: RandomAccess;
  /** The name that its content is held against. */
  readonly name: string;
  /** The archives and entries on the way to it, empty for the file itself. */
  readonly path: readonly string[];
}

/** One of each kind is enough to refuse; a hostile file could have millions. */
const maxFindings = 100;
const maxGlobals = 1000;

/** What is known about a file while it is scanned. */
export class ScanRecord {
  readonly #findings = new Map<string, Finding>();
  readonly #allowCode: boolean;
  /** All that its pickles import, and of those what is not on the list. */
  readonly globals = new Set<string>();
  readonly disallowed = new Set<string>();
  /** Names of the files that hold data of ONNX models, as the models spell them. */
  readonly externalData = new Set<string>();
  readonly budget: ExpandBudget = { bytes: expandLimits.totalBytes };
  readonly signal: AbortSignal | undefined;
  pickles = 0;

  constructor({ allowCode, signal }: { allowCode: boolean; signal: AbortSignal | undefined }) {
    this.#allowCode = allowCode;
    this.signal = signal;
  }

  get findings(): readonly Finding[] {
    const order: readonly FindingLevel[] = ["refuse", "warn", "note"];
    return [...this.#findings.values()].sort(
      (a, b) => order.indexOf(a.level) - order.indexOf(b.level),
    );
  }

  refuse({ path }: Content, rule: FindingRule, what: string): void {
    this.#add(rule === "code" && this.#allowCode ? "warn" : "refuse", rule, path, what);
  }

  warn({ path }: Content, rule: FindingRule, what: string): void {
    this.#add("warn", rule, path, what);
  }

  note({ path }: Content, rule: FindingRule, what: string): void {
    this.#add("note", rule, path, what);
  }

  /** Takes over what a pickle imports and refuses what is not on the list. */
  pickle(content: Content, { globals, oddities, complete }: PickleContent): void {
    this.pickles += 1;
    for (const global of globals) {
      const shown = printable(global);
      if (this.globals.size < maxGlobals) this.globals.add(shown);
      if (isAllowedGlobal(global)) continue;
      if (this.disallowed.size < maxGlobals) this.disallowed.add(shown);
      this.refuse(content, "code", `${shown} is not on the list of allowed globals`);
    }
    for (const oddity of oddities) this.refuse(content, complete ? "code" : "structure", oddity);
  }

  #add(level: FindingLevel, rule: FindingRule, path: readonly string[], what: string): void {
    const where = path.map((step) => `${printable(step)}: `).join("");
    const count = [...this.#findings.values()].filter((finding) => finding.level === level).length;
    if (count < maxFindings)
      this.#findings.set(`${level} ${where}${what}`, { level, rule, what: where + what });
  }
}
