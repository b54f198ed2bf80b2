import type { ReactNode } from "react";

export interface Fact {
  readonly name: string;
  readonly value: ReactNode;
  readonly note?: string;
  readonly wide?: boolean;
}

/** Names and values. `figures` shows them large, for the few numbers that a page is about. */
export function Facts(props: {
  readonly facts: readonly Fact[];
  readonly figures?: boolean;
}): ReactNode {
  return (
    <dl className={props.figures ? "figures" : "facts"}>
      {props.facts.map(({ name, value, note, wide }) => (
        <div key={name} className={wide ? "wide" : undefined}>
          <dt>{name}</dt>
          <dd>
            {value}
            {note && (
              <span className="figure-note" title={note}>
                {note}
              </span>
            )}
          </dd>
        </div>
      ))}
    </dl>
  );
}
