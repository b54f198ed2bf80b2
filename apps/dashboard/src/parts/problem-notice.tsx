import type { ReactNode } from "react";
import type { RequestProblem } from "../client/request-problem.ts";
import { Notice } from "./notice.tsx";

/** Why something did not work, with the way out and the code to look up. */
export function ProblemNotice({ problem }: { readonly problem: RequestProblem }): ReactNode {
  return (
    <Notice tone="bad" title={problem.message}>
      {problem.detail && <p>{problem.detail}</p>}
      <p className="mono">{problem.code}</p>
    </Notice>
  );
}
