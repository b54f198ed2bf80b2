/** One labelled file on this disk. */
export interface Sample {
  /** Names it in problems and in the split; unique in a run. */
  readonly id: string;
  /** Absolute. */
  readonly path: string;
  /** Name of its class. */
  readonly class: string;
  /** Of the file's bytes, 64 lower-case hexadecimal digits. */
  readonly sha256: string;
  /**
   * Id of the recording or picture that it was cut or copied from. Samples of one original never lie on both sides of
   * the split. Default: the digest, so that copies stay together.
   */
  readonly original?: string;
  /** A split that was made elsewhere; in a class where some sample says it, none is drawn. */
  readonly side?: "train" | "test";
}
