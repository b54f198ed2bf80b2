import { readFile } from "node:fs/promises";
import { parse } from "yaml";

/** A step of a job, as the file has it. */
export interface Step {
  readonly id?: string;
  readonly name?: string;
  readonly uses?: string;
  readonly run?: string;
  readonly if?: string;
  readonly with?: Readonly<Record<string, string>>;
  readonly env?: Readonly<Record<string, string>>;
}

export interface Job {
  readonly needs?: string | readonly string[];
  readonly environment?: string;
  readonly outputs?: Readonly<Record<string, string>>;
  readonly steps: readonly Step[];
}

export interface Workflow {
  readonly jobs: Readonly<Record<string, Job>>;
}

export async function readWorkflow(path: string): Promise<Workflow> {
  return parse(await readFile(path, "utf8")) as Workflow;
}

/** What expressions may ask for: `github`, `vars`, `secrets`, `steps`, `needs`, by their dotted names. */
export type Contexts = ReadonlyMap<string, string>;

/**
 * A text of the workflow with its expressions filled in. Names of contexts are all that our workflows use; whatever else
 * stands between the braces is an error. What is not known is empty, as on the host.
 */
export function fillIn(text: string, contexts: Contexts): string {
  return text.replace(/\$\{\{\s*(.*?)\s*\}\}/g, (_, expression: string) => {
    if (!/^[a-z]+(?:\.[A-Za-z0-9_-]+)+$/.test(expression)) {
      throw new Error(`the rehearsal does not know the expression ${expression}`);
    }
    return contexts.get(expression) ?? "";
  });
}
