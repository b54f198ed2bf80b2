import type { TrainingRun } from "@plimsoll/api";
import type { ReactNode } from "react";
import { Card } from "../../parts/card.tsx";

/** The new version's metrics beside those of the version that answers, on the same held-out samples. */
export function MetricsCompared({ run }: { readonly run: TrainingRun }): ReactNode {
  const { metrics = {}, baselineMetrics = {} } = run;
  return (
    <Card title="On held-out samples" flush>
      <table className="table">
        <thead>
          <tr>
            <th scope="col">Metric</th>
            <th scope="col" className="right">
              {run.baseline ?? "before"}
            </th>
            <th scope="col" className="right">
              {run.version ?? "new"}
            </th>
            <th scope="col" className="right">
              Change
            </th>
          </tr>
        </thead>
        <tbody>
          {Object.entries(metrics).map(([name, value]) => {
            const before = baselineMetrics[name];
            const change = before === undefined ? undefined : value - before;
            return (
              <tr key={name}>
                <th scope="row">{name.replaceAll("_", " ")}</th>
                <td className="right">{before === undefined ? "–" : number(before)}</td>
                <td className="right">{number(value)}</td>
                <td className="right">
                  {change === undefined
                    ? "–"
                    : `${change > 0 ? "+" : change < 0 ? "−" : "±"}${number(Math.abs(change))}`}
                </td>
              </tr>
            );
          })}
        </tbody>
      </table>
    </Card>
  );
}

const number = (value: number): string => String(Number(value.toPrecision(3)));
