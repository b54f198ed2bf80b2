import type { ReactNode } from "react";

/** A bar for a share from 0 to 1. Give it a `label`, or leave it out where the number stands beside it. */
export function Meter(props: {
  readonly value: number;
  readonly label?: string;
  readonly tone?: "accent" | "good" | "bad" | "soft";
}): ReactNode {
  const percent = Math.min(100, Math.max(0, Number.isFinite(props.value) ? props.value * 100 : 0));
  const named = props.label
    ? {
        role: "progressbar",
        "aria-label": props.label,
        "aria-valuenow": Math.round(percent),
        "aria-valuemin": 0,
        "aria-valuemax": 100,
      }
    : { "aria-hidden": true };
  return (
    <div className="meter" data-tone={props.tone ?? "accent"} {...named}>
      <span style={{ width: `${percent}%` }} />
    </div>
  );
}
