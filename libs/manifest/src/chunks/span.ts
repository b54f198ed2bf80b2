/** Bytes `begin` to before `end` of a file: one tensor, or one entry of an archive. */
export interface Span {
  readonly begin: number;
  readonly end: number;
}
