import type { ReactNode } from "react";

export interface Column {
  readonly name: string;
  readonly right?: boolean;
  /** The name is for screen readers only. */
  readonly hidden?: boolean;
}

/**
 * A table in a place where it can be scrolled. On a narrow screen each row becomes a block whose cells bear the
 * `data-label` that they were given; the roles say that it is a table all the same.
 */
export function DataTable(props: {
  readonly label: string;
  readonly columns: readonly Column[];
  /** Rows, with the roles `row`, `rowheader` and `cell`. */
  readonly children: ReactNode;
}): ReactNode {
  return (
    <div className="table-wrap" tabIndex={0} role="region" aria-label={props.label}>
      <table className="table stack-table" role="table">
        <thead role="rowgroup">
          <tr role="row">
            {props.columns.map(({ name, right, hidden }) => (
              <th
                key={name}
                scope="col"
                role="columnheader"
                className={right ? "right" : undefined}
              >
                {hidden ? <span className="visually-hidden">{name}</span> : name}
              </th>
            ))}
          </tr>
        </thead>
        <tbody role="rowgroup">{props.children}</tbody>
      </table>
    </div>
  );
}
