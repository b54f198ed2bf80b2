import type { TrainingRun } from "@plimsoll/api";
import type { ReactNode } from "react";
import { ago } from "../../format/ago.ts";
import { duration } from "../../format/duration.ts";
import { share } from "../../format/share.ts";
import { Badge } from "../../parts/badge.tsx";
import { type Column, DataTable } from "../../parts/data-table.tsx";
import { Empty } from "../../parts/empty.tsx";
import { Loading } from "../../parts/loading.tsx";
import { href } from "../../route.ts";
import { isActive, runMs, runStates } from "./run-words.ts";

const columns: readonly Column[] = [
  { name: "Run" },
  { name: "Model" },
  { name: "State" },
  { name: "Started" },
  { name: "Took", right: true },
  { name: "Accuracy", right: true },
  { name: "Version" },
];

/** The history of retrainings. */
export function RunsTable({
  runs,
}: {
  readonly runs: readonly TrainingRun[] | undefined;
}): ReactNode {
  if (!runs) return <Loading rows={3} />;
  if (runs.length === 0) {
    return (
      <Empty title="Nothing was retrained yet">
        <p>A retraining learns from the samples above and publishes a new version to staging.</p>
      </Empty>
    );
  }
  return (
    <DataTable label="Retrainings" columns={columns}>
      {runs.map((run) => {
        const { label, tone } = runStates[run.state];
        return (
          <tr key={run.id} role="row">
            <th scope="row" role="rowheader">
              <a className="mono run-id" href={href({ page: "run", run: run.id })}>
                {run.id}
              </a>
            </th>
            <td role="cell" data-label="Model" className="cell-wide">
              {run.model}
            </td>
            <td role="cell" data-label="State">
              <Badge tone={tone}>
                {isActive(run) && run.stage ? `${run.stage} ${share(run.progress)}` : label}
              </Badge>
            </td>
            <td role="cell" data-label="Started" className="nowrap">
              {ago(run.startedAt ?? run.createdAt)}
            </td>
            <td role="cell" data-label="Took" className="right nowrap">
              {duration(runMs(run))}
            </td>
            <td role="cell" data-label="Accuracy" className="right nowrap">
              {share(run.metrics?.["accuracy"])}
            </td>
            <td role="cell" data-label="Version" className="mono">
              {run.version ?? "–"}
            </td>
          </tr>
        );
      })}
    </DataTable>
  );
}
