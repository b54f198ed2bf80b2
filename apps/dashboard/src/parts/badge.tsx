import type { ReactNode } from "react";
import type { Tone } from "./tone.ts";

/** A word with a state. */
export function Badge(props: {
  readonly tone?: Tone;
  readonly title?: string;
  readonly children: ReactNode;
}): ReactNode {
  const { tone = "neutral", title, children } = props;
  return (
    <span className="badge" data-tone={tone} title={title}>
      <span className="dot" data-tone={tone} aria-hidden="true" />
      <span>{children}</span>
    </span>
  );
}
