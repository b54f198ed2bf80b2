import { cloneElement, type ReactElement, type ReactNode, useId } from "react";

/** A control with its name above and a hint below; both are tied to it for who cannot see where they stand. */
export function Field(props: {
  readonly label: string;
  readonly hint?: ReactNode;
  readonly children: ReactElement<{ id?: string; "aria-describedby"?: string }>;
}): ReactNode {
  const id = useId();
  const { label, hint, children } = props;
  return (
    <div className="field">
      <label className="field-label" htmlFor={id}>
        {label}
      </label>
      {cloneElement(children, { id, ...(hint ? { "aria-describedby": `${id}hint` } : {}) })}
      {hint && (
        <span className="field-hint" id={`${id}hint`}>
          {hint}
        </span>
      )}
    </div>
  );
}
