import { type KeyboardEvent, type ReactNode, useId, useState } from "react";

export interface Tab {
  readonly id: string;
  readonly label: string;
  readonly content: () => ReactNode;
}

/** Tabs as https://www.w3.org/WAI/ARIA/apg/patterns/tabs/ describes them: arrows move, one tab stop. */
export function Tabs(props: { readonly label: string; readonly tabs: readonly Tab[] }): ReactNode {
  const base = useId();
  const [chosen, choose] = useState(props.tabs[0]?.id);
  const active = props.tabs.find(({ id }) => id === chosen) ?? props.tabs[0];

  const onKeyDown = (event: KeyboardEvent<HTMLDivElement>): void => {
    const steps: Record<string, number> = { ArrowRight: 1, ArrowLeft: -1 };
    const step = steps[event.key];
    if (step === undefined || !active) return;
    event.preventDefault();
    const index = props.tabs.indexOf(active) + step;
    const next = props.tabs[(index + props.tabs.length) % props.tabs.length];
    if (!next) return;
    choose(next.id);
    document.getElementById(`${base}${next.id}`)?.focus();
  };

  return (
    <div className="stack">
      <div className="tabs" role="tablist" aria-label={props.label} onKeyDown={onKeyDown}>
        {props.tabs.map(({ id, label }) => (
          <button
            key={id}
            id={base + id}
            type="button"
            role="tab"
            aria-selected={id === active?.id}
            aria-controls={`${base}panel`}
            tabIndex={id === active?.id ? 0 : -1}
            onClick={() => choose(id)}
          >
            {label}
          </button>
        ))}
      </div>
      <div
        className="stack"
        role="tabpanel"
        id={`${base}panel`}
        aria-labelledby={base + active?.id}
      >
        {active?.content()}
      </div>
    </div>
  );
}
