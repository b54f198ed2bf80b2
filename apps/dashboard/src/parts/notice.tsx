import type { ReactNode } from "react";
import type { Tone } from "./tone.ts";

/** A sentence that must be seen; screen readers say it when it appears. */
export function Notice(props: {
  readonly tone?: Tone;
  readonly title: ReactNode;
  readonly children?: ReactNode;
}): ReactNode {
  const { tone = "neutral" } = props;
  return (
    <div className="notice" data-tone={tone} role={tone === "bad" ? "alert" : "status"}>
      <strong>{props.title}</strong>
      {props.children && <div className="small">{props.children}</div>}
    </div>
  );
}
