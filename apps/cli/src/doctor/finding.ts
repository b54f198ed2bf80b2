/** What one check found. */
export interface Finding {
  /** `node`, `cache`, `store: read`. */
  readonly check: string;
  readonly state: "ok" | "warning" | "broken" | "skipped";
  readonly detail: string;
  /** What to do about it. */
  readonly fix?: string;
  /** Of what is broken: decides the exit code. */
  readonly code?: string;
}
