import { ManifestError } from "../error.ts";
import { jsonDefaults } from "../json/parse-json.ts";
import { printable } from "../text/printable.ts";

/**
 * Reads a small stream into memory and stops it at the first byte too many (row M15): the stream's own `return` is called,
 * so a download behind it ends there. Default cap 4 MiB. Throws `E_LIMIT`.
 */
export async function collectBytes(
  stream: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
  options: { readonly maxBytes?: number; readonly source?: string } = {},
): Promise<Uint8Array> {
  const { maxBytes = jsonDefaults.maxBytes, source = "the stream" } = options;
  const pieces: Uint8Array[] = [];
  let size = 0;
  for await (const piece of stream) {
    size += piece.length;
    if (size > maxBytes) {
      throw new ManifestError(
        "E_LIMIT",
        `${printable(source)}: more than the ${maxBytes} bytes that are read: not the file that was meant`,
      );
    }
    pieces.push(piece);
  }
  return Buffer.concat(pieces, size);
}
