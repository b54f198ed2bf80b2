import { type ReactNode, useId } from "react";

/** A titled part of a page. `flush` leaves the padding to what is inside, as tables want it. */
export function Card(props: {
  readonly title: string;
  readonly aside?: ReactNode;
  readonly flush?: boolean;
  readonly children: ReactNode;
}): ReactNode {
  const id = useId();
  return (
    <section className={props.flush ? "card card-flush" : "card"} aria-labelledby={id}>
      <div className="card-head">
        <h2 id={id}>{props.title}</h2>
        {props.aside}
      </div>
      <div className="card-body">{props.children}</div>
    </section>
  );
}
