import type { ModelDetails } from "@plimsoll/api";
import { type ReactNode, useState } from "react";
import { LineChart } from "../../parts/line-chart.tsx";

/** Metrics over versions, oldest first; at most four at a time, chosen by name. */
export function MetricsChart({
  metrics,
}: {
  readonly metrics: ModelDetails["metrics"];
}): ReactNode {
  const [chosen, setChosen] = useState<readonly string[]>();
  const names = metrics.map(({ name }) => name);
  const shown = (chosen ?? startWith(names)).filter((name) => names.includes(name));
  const labels = versions(metrics);
  if (metrics.length === 0) {
    return (
      <p className="soft chart-empty">
        No version has metrics in its metadata: <code>publish --metadata file.json</code> with{" "}
        <code>metrics</code> draws them here.
      </p>
    );
  }
  return (
    <>
      {names.length > 1 && (
        <fieldset className="row">
          <legend className="visually-hidden">Metrics to draw</legend>
          {names.map((name) => (
            <label key={name} className="check small">
              <input
                type="checkbox"
                checked={shown.includes(name)}
                disabled={!shown.includes(name) && shown.length >= 4}
                onChange={(event) =>
                  setChosen(
                    event.target.checked
                      ? [...shown, name]
                      : shown.filter((other) => other !== name),
                  )
                }
              />
              {name}
            </label>
          ))}
        </fieldset>
      )}
      <LineChart
        title="Metrics over versions, oldest first"
        labels={labels}
        series={shown.map((name) => {
          const points = metrics.find((series) => series.name === name)?.points ?? [];
          const byVersion = new Map(points.map(({ version, value }) => [version, value]));
          return { name, values: labels.map((label) => byVersion.get(label)) };
        })}
      />
    </>
  );
}

/** Shares from 0 to 1 go well on one axis: they come first, other scales when asked for. */
function startWith(names: readonly string[]): readonly string[] {
  const usual = names.filter((name) => /accuracy|map|f1|precision|recall|auc/i.test(name));
  return (usual.length > 0 ? usual : names).slice(0, 3);
}

function versions(metrics: ModelDetails["metrics"]): readonly string[] {
  const longest = [...metrics].sort((a, b) => b.points.length - a.points.length)[0];
  return longest?.points.map(({ version }) => version) ?? [];
}
