import { type ReactNode, useEffect } from "react";

/** The frame of every page: its title, one sentence about it, and what may be done on it. */
export function Page(props: {
  readonly title: string;
  readonly lead?: ReactNode;
  readonly crumb?: ReactNode;
  readonly actions?: ReactNode;
  readonly children: ReactNode;
}): ReactNode {
  useEffect(() => {
    document.title = `${props.title} · Plimsoll`;
  }, [props.title]);
  return (
    <main className="page" id="main" tabIndex={-1}>
      <header className="page-head">
        <div>
          {props.crumb && <p className="crumb">{props.crumb}</p>}
          <h1>{props.title}</h1>
          {props.lead && <p>{props.lead}</p>}
        </div>
        {props.actions && <div className="row">{props.actions}</div>}
      </header>
      {props.children}
    </main>
  );
}
