/**
 * Thrown through the lanes of a piece when the bytes that are here must go.
 * `changed`: the object is another one now · `range`: its host gives no ranges, ask for the whole · `again`: what came
 * cannot be continued.
 */
export class Restart extends Error {
  override readonly name = "Restart";
  readonly kind: "changed" | "range" | "again";

  constructor(kind: Restart["kind"], reason: string, options?: ErrorOptions) {
    super(reason, options);
    this.kind = kind;
  }
}
