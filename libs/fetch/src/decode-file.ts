import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { pipeline } from "node:stream/promises";
import * as zlib from "node:zlib";
import type { Transform } from "node:stream";
import { diskError } from "./disk-error.ts";
import { FetchError } from "./error.ts";
import type { FetchRequest } from "./fetch-request.ts";
import { PartialFile } from "./partial-file.ts";

type Encoding = NonNullable<FetchRequest["encoding"]>["type"];

const blockBytes = 262_144;

/** Throws `E_USAGE` where this Node cannot decode it: zstd came with 22.15 and 23.8. */
export function decoder(type: Encoding, name: string): Transform {
  if (type === "gzip") return zlib.createGunzip({ chunkSize: blockBytes });
  const make = (zlib as { createZstdDecompress?: (options: object) => Transform })
    .createZstdDecompress;
  if (make === undefined) {
    throw new FetchError("E_USAGE", `${name}: zstd needs Node 22.15 or later: update Node`);
  }
  return make({ chunkSize: blockBytes });
}

/**
 * Decodes a file whose transport was compressed into `decoded`, which it opens. Stops as soon as more than `mostBytes`
 * come out: a bomb costs no more than the file that was wanted. Throws `E_SIZE`, `E_DIGEST`, `E_DISK`.
 */
export async function decodeFile(job: {
  readonly name: string;
  /** Where it came from, for messages. */
  readonly from: string;
  readonly type: Encoding;
  readonly encodedPath: string;
  readonly decodedPath: string;
  readonly mostBytes: number;
  readonly signal: AbortSignal;
}): Promise<{ readonly file: PartialFile; readonly size: number; readonly sha256: string }> {
  const { name, from, mostBytes, signal } = job;
  const transform = decoder(job.type, name);
  const file = await PartialFile.open(job.decodedPath);
  let failure: unknown;
  try {
    await file.truncate(0);
    const hash = createHash("sha256");
    let size = 0;
    await pipeline(
      createReadStream(job.encodedPath, { highWaterMark: blockBytes }),
      transform,
      async (blocks: AsyncIterable<Buffer>) => {
        for await (const block of blocks) {
          if (size + block.length > mostBytes) {
            const what = `more than ${mostBytes} bytes come out of the ${job.type} of ${from}`;
            // Kept aside: the pipeline may tell only that it was stopped.
            throw (failure = new FetchError("E_SIZE", `${name}: ${what}: publish again`));
          }
          hash.update(block);
          await file.write(block, size).catch((error: unknown) => {
            throw (failure = error);
          });
          size += block.length;
        }
      },
      { signal },
    );
    return { file, size, sha256: hash.digest("hex") };
  } catch (thrown) {
    const error = failure ?? thrown;
    await file.remove();
    signal.throwIfAborted();
    if (error instanceof FetchError) throw error;
    if ((error as NodeJS.ErrnoException).syscall) throw diskError(error, job.encodedPath);
    const what = `${from} is no whole ${job.type}: ${(error as Error).message}: publish again`;
    throw new FetchError("E_DIGEST", `${name}: ${what}`, { cause: error });
  }
}
