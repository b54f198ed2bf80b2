import type { PolicyDocument, PolicyStatement } from "./s3-policy.ts";

/** One thing that a request needs to be allowed. */
export interface NeededRight {
  readonly action: string;
  /** ARN of the bucket or object. */
  readonly resource: string;
  /** Values that conditions look at: `s3:prefix`. */
  readonly facts?: Readonly<Record<string, string>>;
}

/** The statements of a policy that allow a right; none: refused. Wildcards `*` as IAM has them. */
export function allowing(
  { Statement }: PolicyDocument,
  { action, resource, facts = {} }: NeededRight,
): readonly PolicyStatement[] {
  return Statement.filter(
    ({ Action, Resource, Condition }) =>
      Action.includes(action) &&
      Resource.some((pattern) => isLike(resource, pattern)) &&
      Object.entries(Condition?.StringLike ?? {}).every(([name, patterns]) =>
        patterns.some((pattern) => isLike(facts[name] ?? "", pattern)),
      ),
  );
}

function isLike(text: string, pattern: string): boolean {
  const parts = pattern.split("*").map((part) => part.replace(/[.*+?^${}()|[\]\\]/g, "\\$&"));
  return new RegExp(`^${parts.join(".*")}$`, "s").test(text);
}
