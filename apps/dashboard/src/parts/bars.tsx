import type { ReactNode } from "react";
import { share } from "../format/share.ts";
import { Meter } from "./meter.tsx";

/** Probabilities by class, the likeliest first; at most `limit` of them. */
export function Bars(props: {
  readonly values: Readonly<Record<string, number>>;
  readonly limit?: number;
}): ReactNode {
  const { values, limit = 8 } = props;
  const sorted = Object.entries(values).sort(([, a], [, b]) => b - a);
  const rest = sorted.length - limit;
  return (
    <div className="stack">
      <ul className="bars">
        {sorted.slice(0, limit).map(([name, value], index) => (
          <li key={name} data-first={index === 0}>
            <span className="bar-label" title={name}>
              {name}
            </span>
            <span className="num">{share(value)}</span>
            <Meter value={value} tone={index === 0 ? "accent" : "soft"} />
          </li>
        ))}
      </ul>
      {rest > 0 && <p className="small soft">and {rest} more below these</p>}
    </div>
  );
}
