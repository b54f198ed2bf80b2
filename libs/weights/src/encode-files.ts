import { createHash } from "node:crypto";
import { createReadStream, createWriteStream } from "node:fs";
import { mkdtemp, open, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Transform } from "node:stream";
import { pipeline } from "node:stream/promises";
import { promisify } from "node:util";
import { createGzip, gzip } from "node:zlib";
import type { Manifest } from "@plimsoll/manifest";
import type { Driver } from "@plimsoll/storage";
import { WeightsError } from "./error.ts";
import { expectUntouched, type HashedFile } from "./hash-files.ts";
import { parallel } from "./parallel.ts";
import { storedName, wantsParts } from "./split-file.ts";

/** Less is not worth a decoder at every reader: contracts, section 4. */
const LEAST_SAVING = 0.1;
/** Smaller files are not worth a second request's thought. */
const LEAST_BYTES = 4096;
/** What is tried first, from the beginning and from the middle of a file. */
const SAMPLE_BYTES = 2 * 1024 * 1024;
const level = 6;

export interface EncodeOptions {
  /** Where they will go: a file that one of them wants in parts stays as it is. */
  readonly drivers: readonly Driver[];
  /** A manifest of this very version that stands already: what it says of a file's encoding is kept to. */
  readonly existing?: Manifest | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** Files that travel compressed, in a folder of their own until it is disposed of. */
export interface EncodedFiles extends AsyncDisposable {
  readonly files: readonly HashedFile[];
}

/**
 * Compresses each file of which that saves a tenth or more, and leaves the others. The same bytes give the same
 * compressed bytes, so that a second run finds what the first one stored. A compressed file has no chunk index: its
 * ranges are not those of the file.
 *
 * Throws `E_CONFLICT` for a file that changes meanwhile, or whose compressed bytes are not those that `existing` names.
 */
export async function encodeFiles(
  files: readonly HashedFile[],
  { drivers, existing, signal }: EncodeOptions,
): Promise<EncodedFiles> {
  const folder = await mkdtemp(join(tmpdir(), "plimsoll-encode-"));
  const dispose = (): Promise<void> => rm(folder, { recursive: true, force: true });
  try {
    const encoded = await parallel([...files.entries()], 2, async ([index, file]) => {
      signal?.throwIfAborted();
      const known = existing?.weights.get(file.name);
      if (known !== undefined && known.encoding === undefined) return file;
      if (drivers.some(({ limits }) => wantsParts(file.size, limits))) return file;
      if (known === undefined && !(await isPromising(file))) return file;
      const path = join(folder, String(index));
      const { size, sha256 } = await gzipFile(file.path, path, signal);
      await expectUntouched(file);
      if (known !== undefined && known.encoded_checksum !== sha256) {
        throw new WeightsError(
          "E_CONFLICT",
          `${file.name}: published compressed by another program, whose bytes are not ours: publish without --compress under a new version, or from where it was published first`,
        );
      }
      if (known === undefined && size > file.size * (1 - LEAST_SAVING)) return file;
      const { index: _, md5Parts: __, ...rest } = file;
      const name = storedName(file.name, "gzip");
      return { ...rest, encoded: { type: "gzip" as const, name, path, size, sha256 } };
    });
    return { files: encoded, [Symbol.asyncDispose]: dispose };
  } catch (error) {
    await dispose();
    throw error;
  }
}

/** Whether pieces of the file get smaller: most weights do not, and are read no further. */
async function isPromising({ path, size }: HashedFile): Promise<boolean> {
  if (size < LEAST_BYTES) return false;
  const handle = await open(path, "r");
  try {
    let plain = 0;
    let packed = 0;
    const middle = Math.max(0, Math.floor(size / 2) - SAMPLE_BYTES / 2);
    for (const position of new Set([0, size > SAMPLE_BYTES ? middle : 0])) {
      const length = Math.min(SAMPLE_BYTES, size - position);
      const { buffer, bytesRead } = await handle.read(Buffer.alloc(length), 0, length, position);
      plain += bytesRead;
      packed += (await promisify(gzip)(buffer.subarray(0, bytesRead), { level: 1 })).length;
    }
    return packed < plain * (1 - LEAST_SAVING / 2);
  } finally {
    await handle.close();
  }
}

async function gzipFile(
  from: string,
  to: string,
  signal: AbortSignal | undefined,
): Promise<{ readonly size: number; readonly sha256: string }> {
  const hash = createHash("sha256");
  let size = 0;
  const count = new Transform({
    transform(bytes: Buffer, _encoding, done) {
      hash.update(bytes);
      size += bytes.length;
      done(null, bytes);
    },
  });
  await pipeline(createReadStream(from), createGzip({ level }), count, createWriteStream(to), {
    ...(signal && { signal }),
  });
  return { size, sha256: hash.digest("hex") };
}
