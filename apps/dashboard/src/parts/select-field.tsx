import type { ReactNode } from "react";
import { Field } from "./field.tsx";

/** One of several, by name. An option is its value, or a value with other words for it. */
export function SelectField(props: {
  readonly label: string;
  readonly hint?: string;
  readonly value: string;
  readonly options: readonly (string | readonly [value: string, words: string])[];
  readonly onChange: (value: string) => void;
}): ReactNode {
  const { label, hint, value, options, onChange } = props;
  return (
    <Field label={label} {...(hint === undefined ? {} : { hint })}>
      <select className="input" value={value} onChange={(event) => onChange(event.target.value)}>
        {options.map((option) => {
          const [name, words] = typeof option === "string" ? [option, option] : option;
          return (
            <option key={name} value={name}>
              {words}
            </option>
          );
        })}
      </select>
    </Field>
  );
}
