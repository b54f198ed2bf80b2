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

/** What came back. The body is not read yet: iterate it, or leave it by `return`. */
export interface Answer {
  /** The body is the whole object from its first byte, whatever was asked. */
  readonly whole: boolean;
  /** Bytes of the whole object, where the host said so. */
  readonly totalBytes: number | undefined;
  /** Changes when the object changes; undefined where the host gives nothing that would. */
  readonly validator: string | undefined;
  readonly contentType: string | undefined;
  readonly body: AsyncIterable<Uint8Array>;
}

/** One place that has the bytes: an address of a web server, or a key in a store. */
export interface Source {
  /** As in the request. */
  readonly url: string;
  ask(ask: Ask): Promise<Answer>;
}
