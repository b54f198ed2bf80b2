import type { ReactNode } from "react";

/** What was taken for what: rows are the true classes, columns the answers. Colour follows the share of its row. */
export function ConfusionMatrix(props: {
  readonly classes: readonly string[];
  readonly counts: readonly (readonly number[])[];
}): ReactNode {
  const { classes, counts } = props;
  return (
    <div className="table-wrap" tabIndex={0} role="region" aria-label="Confusion matrix">
      <table className="matrix">
        <caption className="visually-hidden">
          Held-out samples: rows are the true class, columns what the model answered
        </caption>
        <thead>
          <tr>
            <th scope="col">true ↓ answered →</th>
            {classes.map((name) => (
              <th key={name} scope="col" title={name}>
                {name}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {classes.map((name, row) => {
            const cells = counts[row] ?? [];
            const sum = cells.reduce((total, count) => total + count, 0);
            return (
              <tr key={name}>
                <th scope="row" title={name}>
                  {name}
                </th>
                {classes.map((answer, column) => {
                  const count = cells[column] ?? 0;
                  return (
                    <td
                      key={answer}
                      data-right={row === column}
                      data-step={step(sum === 0 ? 0 : count / sum)}
                      title={`${name} taken for ${answer}: ${count} of ${sum}`}
                    >
                      {count}
                    </td>
                  );
                })}
              </tr>
            );
          })}
        </tbody>
      </table>
    </div>
  );
}

function step(part: number): 0 | 1 | 2 | 3 {
  if (part === 0) return 0;
  return part < 0.2 ? 1 : part < 0.6 ? 2 : 3;
}
