import type { Contexts } from "./workflow.ts";

type Texts = Readonly<Record<string, string>>;

/** What is known while a job runs. */
export interface Known {
  readonly github: Texts;
  readonly vars: Texts;
  readonly secrets: Texts;
  /** Outputs of the jobs before, by job. */
  readonly needs: Readonly<Record<string, Texts>>;
  /** Outputs of the steps before, by id. */
  readonly steps?: Readonly<Record<string, Texts>>;
}

/** The same by the dotted names of expressions. */
export function contextsOf({ github, vars, secrets, needs, steps = {} }: Known): Contexts {
  const named = new Map<string, string>();
  for (const [prefix, texts] of Object.entries({ github, vars, secrets })) {
    for (const [name, text] of Object.entries(texts)) named.set(`${prefix}.${name}`, text);
  }
  for (const [prefix, jobs] of Object.entries({ needs, steps })) {
    for (const [id, outputs] of Object.entries(jobs)) {
      for (const [name, text] of Object.entries(outputs)) {
        named.set(`${prefix}.${id}.outputs.${name}`, text);
      }
    }
  }
  return named;
}
