import { createHash } from "node:crypto";

import { abortable } from "../../abortable.ts";
import type { ByteSource } from "../../byte-source.ts";
import { StorageError } from "../../error.ts";

/** A source on its way through one request. */
export interface UploadBody {
  readonly bytes: AsyncIterable<Uint8Array>;
  /** What the source threw, or found wrong with its length. */
  failure(): unknown;
  /** SHA-256 of what left, hex. To be asked once, at the end. */
  digest(): string;
}

/** Reads a source once: counts, hashes and reports, and holds it to the length that was announced. */
export function uploadBody(
  source: ByteSource,
  signal: AbortSignal,
  onSent: (bytes: number) => void,
): UploadBody {
  const hash = createHash("sha256");
  let failure: unknown;
  async function* read(): AsyncGenerator<Uint8Array, void, void> {
    let sent = 0;
    try {
      for await (const chunk of abortable(source.open(), signal)) {
        if (chunk.length === 0) continue;
        sent += chunk.length;
        if (sent > source.size) throw wrongLength(source, "more");
        hash.update(chunk);
        yield chunk;
        onSent(sent);
      }
      if (sent < source.size) throw wrongLength(source, `only ${sent}`);
    } catch (error) {
      failure = error;
      throw error;
    }
  }
  return { bytes: read(), failure: () => failure, digest: () => hash.digest("hex") };
}

function wrongLength(source: ByteSource, found: string): StorageError {
  return new StorageError(
    "E_SIZE",
    `${source.label}: ${source.size} bytes expected, ${found} came: nothing was stored`,
  );
}
