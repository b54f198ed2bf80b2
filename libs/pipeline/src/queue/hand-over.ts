/** A run stops here because other workers do the next part of it; it goes on when they are done. */
export class HandOver extends Error {
  override readonly name = "HandOver";
  /** Names of the parts that they do. */
  readonly parts: readonly string[];

  constructor(parts: readonly string[]) {
    super(`${parts.length} parts are done by others`);
    this.parts = parts;
  }
}
