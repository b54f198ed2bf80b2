import type { ReactNode } from "react";

/** Holds the place of what is on its way, as high as it will be, so that nothing moves when it comes. */
export function Loading(props: { readonly rows?: number; readonly height?: number }): ReactNode {
  const { rows = 3, height = 44 } = props;
  return (
    <div className="card-body" role="status">
      <span className="visually-hidden">Loading</span>
      {Array.from({ length: rows }, (_, row) => (
        <span key={row} className="skeleton" style={{ height: `${height - 16}px` }} />
      ))}
    </div>
  );
}
