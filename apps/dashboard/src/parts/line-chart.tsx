import { type ReactNode, useRef } from "react";
import { useWidth } from "./use-width.ts";
import { chartScale } from "./chart-scale.ts";

/** One line. `values[i]` belongs to `labels[i]`; undefined leaves a gap. */
export interface Series {
  readonly name: string;
  readonly values: readonly (number | undefined)[];
}

const left = 46;
const right = 12;
const top = 10;

const number = (value: number): string => String(Number(value.toPrecision(4)));

/**
 * Lines over named steps: metrics over versions, or losses over epochs. The same numbers are in a table for screen
 * readers; at most four lines are told apart by colour and by dash.
 */
export function LineChart(props: {
  readonly title: string;
  readonly labels: readonly string[];
  readonly series: readonly Series[];
  readonly height?: number;
  readonly dots?: boolean;
}): ReactNode {
  const { labels, series, height = 220, dots = true } = props;
  const figure = useRef<HTMLElement>(null);
  const width = useWidth(figure, 560);
  const bottom = height - 26;
  const all = series.flatMap(({ values }) => values.filter((value) => value !== undefined));
  const { low, high, ticks } = chartScale(all);
  const x = (index: number): number =>
    labels.length < 2
      ? (left + width - right) / 2
      : left + (index / (labels.length - 1)) * (width - left - right);
  const y = (value: number): number => bottom - ((value - low) / (high - low)) * (bottom - top);
  const every = Math.max(1, Math.ceil(labels.length / Math.max(2, Math.floor(width / 80))));

  return (
    <figure className="chart" ref={figure}>
      <svg viewBox={`0 0 ${width} ${height}`} height={height} role="img" aria-label={props.title}>
        {ticks.map((tick) => (
          <g key={tick}>
            <line className="grid-line" x1={left} x2={width - right} y1={y(tick)} y2={y(tick)} />
            <text x={left - 8} y={y(tick) + 4} textAnchor="end">
              {number(tick)}
            </text>
          </g>
        ))}
        {labels.map(
          (label, index) =>
            index % every === 0 && (
              <text
                key={label}
                x={x(index)}
                y={height - 6}
                textAnchor={anchor(index, labels.length)}
              >
                {label.length > 12 ? `${label.slice(0, 11)}…` : label}
              </text>
            ),
        )}
        {series.map(({ name, values }, line) => (
          <g key={name}>
            <path className={`series series-${(line % 4) + 1}`} d={path(values, x, y)} />
            {dots &&
              values.map(
                (value, index) =>
                  value !== undefined && (
                    <circle
                      key={labels[index]}
                      className={`point point-${(line % 4) + 1}`}
                      cx={x(index)}
                      cy={y(value)}
                      r="4"
                    >
                      <title>{`${labels[index] ?? ""} · ${name} ${number(value)}`}</title>
                    </circle>
                  ),
              )}
          </g>
        ))}
      </svg>
      <figcaption>
        <ul className="legend">
          {series.map(({ name, values }, line) => (
            <li key={name}>
              <svg viewBox="0 0 24 6" aria-hidden="true">
                <path className={`series series-${(line % 4) + 1}`} d="M0 3h24" />
              </svg>
              {name}
              <strong>{last(values)}</strong>
            </li>
          ))}
        </ul>
      </figcaption>
      <Numbers {...props} />
    </figure>
  );
}

function Numbers(props: {
  readonly title: string;
  readonly labels: readonly string[];
  readonly series: readonly Series[];
}): ReactNode {
  return (
    // A table is never narrower than its content: what hides it is the box around it.
    <div className="visually-hidden">
      <table>
        <caption>{props.title}</caption>
        <thead>
          <tr>
            <th scope="col">at</th>
            {props.series.map(({ name }) => (
              <th key={name} scope="col">
                {name}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {props.labels.map((label, index) => (
            <tr key={label}>
              <th scope="row">{label}</th>
              {props.series.map(({ name, values }) => {
                const value = values[index];
                return <td key={name}>{value === undefined ? "–" : number(value)}</td>;
              })}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

function anchor(index: number, count: number): "start" | "middle" | "end" {
  if (count < 2) return "middle";
  return index === 0 ? "start" : index === count - 1 ? "end" : "middle";
}

function path(
  values: readonly (number | undefined)[],
  x: (index: number) => number,
  y: (value: number) => number,
): string {
  let pen = "M";
  let text = "";
  values.forEach((value, index) => {
    if (value === undefined || !Number.isFinite(value)) {
      pen = "M";
      return;
    }
    text += `${pen}${x(index).toFixed(1)} ${y(value).toFixed(1)}`;
    pen = "L";
  });
  return text;
}

function last(values: readonly (number | undefined)[]): string {
  const value = values.findLast((entry) => entry !== undefined);
  return value === undefined ? "–" : number(value);
}
