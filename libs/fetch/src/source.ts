/** One request for bytes of an object. */
export interface Ask {
  /** First byte; absent: the whole object, without a range. */
  readonly start?: number;
  /** Byte after the last one wanted. */
  readonly end?: number;
  /** Of the object that earlier bytes came from: the answer must be of the same. */
  readonly validator?: string | undefined;
  readonly signal: AbortSignal;
}

/** What came back. The body waits in its host. */
export interface Answer {
  /** The body is the whole object from its first byte, whatever was asked. */
  readonly whole: boolean;
  /** Bytes of the whole object, where the host said so. */
  readonly totalBytes: number | undefined;
  /** Changes when the object changes; undefined where the host gives nothing that would. */
  readonly validator: string | undefined;
  readonly contentType: string | undefined;
  /**
   * Reads the body, once: `take` gets one part after another, each valid during the call only; a promise that it gives
   * is waited for. Throws what `take` throws, and gives the connection up then.
   */
  readonly pump: (take: (part: Uint8Array) => Promise<void> | undefined) => Promise<void>;
}

/** One place that has the bytes: an address of a web server, or a key in a store. */
export interface Source {
  /** As in the request. */
  readonly url: string;
  ask(ask: Ask): Promise<Answer>;
}
