import { detectFormat, type Format, formatHeadBytes, formatTailBytes } from "@plimsoll/manifest";
import type { Driver, ObjectStat } from "@plimsoll/storage";
import { createHash } from "node:crypto";
import { WeightsError } from "./error.ts";

/** A weight file that lies in a store, and whose bytes are known. */
export interface StoredFile {
  readonly name: string;
  readonly key: string;
  readonly size: number;
  /** Hex. */
  readonly sha256: string;
  readonly format: Format;
  readonly modifiedAt: Date | undefined;
}

/**
 * Reads a stored object once, to its end, and gives its SHA-256 and format; a few KB of it are held. The object may not
 * change meanwhile: `E_CONFLICT`.
 */
export async function hashStored(
  driver: Driver,
  name: string,
  stat: ObjectStat,
  options: {
    readonly signal?: AbortSignal | undefined;
    readonly onProgress?: (bytes: number) => void;
  } = {},
): Promise<StoredFile> {
  const { key } = stat;
  const hash = createHash("sha256");
  let head = Buffer.alloc(0);
  let tail = Buffer.alloc(0);
  let size = 0;
  const reply = await driver.read(key, { ...(options.signal && { signal: options.signal }) });
  for await (const bytes of reply.body) {
    hash.update(bytes);
    size += bytes.length;
    if (head.length < formatHeadBytes) {
      head = Buffer.concat([head, bytes.subarray(0, formatHeadBytes - head.length)]);
    }
    const end = bytes.length >= formatTailBytes ? bytes : Buffer.concat([tail, bytes]);
    tail = Buffer.from(end.subarray(-formatTailBytes));
    options.onProgress?.(size);
  }
  const after = await driver.stat(key, { ...(options.signal && { signal: options.signal }) });
  if (size !== stat.size || after?.size !== stat.size || after.etag !== reply.stat.etag) {
    throw new WeightsError(
      "E_CONFLICT",
      `${key}: changed at ${driver.url} while it was being read: try again when nothing writes there`,
    );
  }
  return {
    name,
    key,
    size,
    sha256: hash.digest("hex"),
    format: detectFormat(head, { tail }),
    modifiedAt: after.modifiedAt,
  };
}
