import { createHash } from "node:crypto";
import { mkdtemp, open, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** Bytes that the server keeps, in a file in which runs of zeros take no room. */
export interface AssetBytes {
  readonly size: number;
  /** Hex. */
  readonly sha256: string;
  read(start: number, end: number): AsyncIterable<Buffer>;
}

/** Files of one server; gone with `remove`. */
export interface AssetShelf {
  /** Takes a body in. Throws what the body throws. */
  keep(body: AsyncIterable<Uint8Array>, change?: (bytes: Buffer) => void): Promise<AssetBytes>;
  remove(): Promise<void>;
}

const blockBytes = 64 * 1024;
const zeros = Buffer.alloc(blockBytes);

export function assetShelf(): AssetShelf {
  let folder: Promise<string> | undefined;
  let count = 0;
  return {
    async keep(body, change) {
      folder ??= mkdtemp(join(tmpdir(), "plimsoll-github-"));
      const path = join(await folder, String(count++));
      const hash = createHash("sha256");
      const file = await open(path, "w");
      let size = 0;
      try {
        for await (const chunk of body) {
          const bytes = Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength);
          change?.(bytes);
          hash.update(bytes);
          for (let at = 0; at < bytes.length; at += blockBytes) {
            const block = bytes.subarray(at, at + blockBytes);
            const isHole = block.equals(zeros.subarray(0, block.length));
            if (!isHole) await file.write(block, 0, block.length, size + at);
          }
          size += bytes.length;
        }
        await file.truncate(size);
      } finally {
        await file.close();
      }
      return { size, sha256: hash.digest("hex"), read: (start, end) => read(path, start, end) };
    },
    async remove() {
      if (folder) await rm(await folder, { recursive: true, force: true });
    },
  };
}

async function* read(path: string, start: number, end: number): AsyncGenerator<Buffer> {
  const file = await open(path, "r");
  try {
    for (let at = start; at < end;) {
      const length = Math.min(end - at, 1024 * 1024);
      const { buffer, bytesRead } = await file.read(Buffer.allocUnsafe(length), 0, length, at);
      if (bytesRead === 0) return;
      yield buffer.subarray(0, bytesRead);
      at += bytesRead;
    }
  } finally {
    await file.close();
  }
}
