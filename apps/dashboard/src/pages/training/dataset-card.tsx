import type { DatasetDetails } from "@plimsoll/api";
import type { ReactNode } from "react";
import { bytes } from "../../format/bytes.ts";
import { Card } from "../../parts/card.tsx";
import { Empty } from "../../parts/empty.tsx";
import { Meter } from "../../parts/meter.tsx";
import { ProblemNotice } from "../../parts/problem-notice.tsx";
import { Loading } from "../../parts/loading.tsx";
import type { Live } from "../../client/use-live.ts";

/** How many samples each class has; bars are relative to the largest, so that an imbalance is seen. */
export function DatasetCard({ live }: { readonly live: Live<DatasetDetails> }): ReactNode {
  const { data, problem } = live;
  const classes = Object.entries(data?.classes ?? {}).sort(([, a], [, b]) => b - a);
  const largest = Math.max(1, ...classes.map(([, count]) => count));
  const missing = problem?.status === 404;
  return (
    <Card
      title="Samples"
      aside={
        <span className="small soft num">
          {data ? `${data.samples} samples, ${data.newSamples} since the last training` : "\u00a0"}
        </span>
      }
    >
      {problem && !missing && problem.status !== 0 && <ProblemNotice problem={problem} />}
      {!data && !problem && <Loading rows={4} height={36} />}
      {(missing || (data && classes.length === 0)) && (
        <Empty title="No samples yet">
          <p>
            Upload some beside this, or bring a folder per class with{" "}
            <code>plimsoll dataset add</code>.
          </p>
        </Empty>
      )}
      {classes.length > 0 && (
        <ul className="bars">
          {classes.map(([name, count]) => (
            <li key={name}>
              <span className="bar-label" title={name}>
                {name}
              </span>
              <span className="num">{count}</span>
              <Meter value={count / largest} />
            </li>
          ))}
        </ul>
      )}
      {data && data.quarantine.length > 0 && (
        <details>
          <summary>{data.quarantine.length} set aside for a person to look at</summary>
          <ul className="file-list">
            {data.quarantine.map((one) => (
              <li key={one.id}>
                <span className="wrap-anywhere">
                  {one.class}: {one.reason}
                </span>
                <span className="soft nowrap">{bytes(one.size)}</span>
              </li>
            ))}
          </ul>
        </details>
      )}
    </Card>
  );
}
