/** What all three WebAssembly decoders give for a piece of a file. */
export interface DecodedPiece {
  readonly channelData: readonly Float32Array[];
  readonly samplesDecoded: number;
  readonly sampleRate: number;
  readonly errors: readonly { readonly message: string }[];
}

/** A decoder that takes a file in pieces. */
export interface CompressedDecoder {
  decode(piece: Uint8Array): DecodedPiece | Promise<DecodedPiece>;
  /** What it still holds; a decoder without it gives everything at once. */
  flush?(): Promise<DecodedPiece>;
  free(): void;
}

/** Opens a decoder; its WebAssembly is compiled at the first call. */
export async function openCompressed(format: "mp3" | "flac" | "ogg"): Promise<CompressedDecoder> {
  if (format === "mp3") {
    const { MPEGDecoder } = await import("mpg123-decoder");
    return ready(new MPEGDecoder());
  }
  if (format === "flac") {
    const { FLACDecoder } = await import("@wasm-audio-decoders/flac");
    return ready(new FLACDecoder());
  }
  const { OggVorbisDecoder } = await import("@wasm-audio-decoders/ogg-vorbis");
  return ready(new OggVorbisDecoder());
}

async function ready<T extends { readonly ready: Promise<void> }>(decoder: T): Promise<T> {
  await decoder.ready;
  return decoder;
}
