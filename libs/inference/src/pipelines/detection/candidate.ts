/** A box that a detector proposes, in pixels of its input. */
export interface Candidate {
  readonly classId: number;
  /** 0 to 1. */
  readonly confidence: number;
  readonly x1: number;
  readonly y1: number;
  readonly x2: number;
  readonly y2: number;
}
