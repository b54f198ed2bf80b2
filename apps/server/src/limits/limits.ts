/** What a request may bring. Bytes and milliseconds. */
export interface Limits {
  /** A picture, a sound or a sample. */
  readonly fileBytes: number;
  /** Body of `POST /api/v1/classify`: a file in base64 with room for the rest. */
  readonly classifyBytes: number;
  /** Body of an admin request. */
  readonly adminBytes: number;
  /** A request of the Open Inference Protocol with its binary data. */
  readonly inferBytes: number;
  /** Its JSON alone. */
  readonly inferJsonBytes: number;
  /** All bodies that are held at the same time; more is answered 503. */
  readonly heldBytes: number;
  /** Pixels of a picture, read from its header before it is decoded. */
  readonly pixels: number;
  readonly requestMs: number;
  readonly headersMs: number;
  readonly keepAliveMs: number;
  /** Without a byte in either direction: a reader that does not read, too. */
  readonly silenceMs: number;
  readonly connections: number;
  /** Streams of events at the same time. */
  readonly streams: number;
  /** Wrong tokens or keys that one address may send in a minute. */
  readonly wrongSecretsPerMinute: number;
}

const MIB = 1024 * 1024;

export const limitDefaults: Limits = {
  fileBytes: 25 * MIB,
  classifyBytes: 35 * MIB,
  adminBytes: MIB,
  inferBytes: 64 * MIB,
  inferJsonBytes: 16 * MIB,
  heldBytes: 128 * MIB,
  pixels: 25_000_000,
  requestMs: 60_000,
  headersMs: 15_000,
  keepAliveMs: 72_000,
  silenceMs: 600_000,
  connections: 1_000,
  streams: 50,
  wrongSecretsPerMinute: 10,
};
