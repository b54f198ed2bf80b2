/** Something that kept a sample or a class out of a run without ending the run. */
export interface Problem {
  /** Id of the sample, or the class's name where it concerns one. */
  readonly sample: string;
  /** `E_INPUT` not readable as what it should be · `E_OUTPUT` features not finite · `E_SAMPLES` too few in its class. */
  readonly code: "E_INPUT" | "E_OUTPUT" | "E_SAMPLES";
  readonly message: string;
}
