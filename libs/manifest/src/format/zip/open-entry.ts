import { crc32, inflateRawSync, constants } from "node:zlib";
import { Malformed } from "../../bytes/malformed.ts";
import { type RandomAccess, windowOf } from "../../bytes/random-access.ts";
import { printable } from "../../text/printable.ts";
import type { LocatedEntry } from "./zip-archive.ts";

/** How much may still be expanded while one file is looked at: shared by all its entries, also the nested ones. */
export interface ExpandBudget {
  bytes: number;
}

/** Of one entry and of all entries together. */
export const expandLimits = { entryBytes: 64 << 20, totalBytes: 512 << 20 } as const;

/** Compressed bytes that are read at first: enough for every header, whatever they expand to. */
const firstBytes = 64 << 10;
/** Deflate cannot do better (zlib's technical notes). */
const maxRatio = 1032;

/**
 * The content of an entry. Stored entries are read where they stand; deflated ones are expanded from their beginning, only
 * as far as is asked for. Reading throws `Malformed` for data that do not expand to what the archive says.
 */
export function openEntry(
  file: RandomAccess,
  entry: LocatedEntry,
  budget: ExpandBudget,
): RandomAccess {
  if (entry.method === 0) return windowOf(file, entry.begin, entry.end);
  const name = printable(entry.name);
  if (entry.method !== 8) throw new Malformed(`the entry ${name} cannot be expanded`);
  let known: Uint8Array = new Uint8Array(0);
  let taken = 0;
  const expand = async (): Promise<void> => {
    const compressed = entry.end - entry.begin;
    if (taken === compressed) throw new Malformed(`the entry ${name} is shorter than it says`);
    taken = Math.min(compressed, Math.max(firstBytes, taken * 4));
    const bytes = await file.read(entry.begin, taken);
    known = inflate(bytes, name, taken === compressed, budget);
    if (known.length > entry.size) throw new Malformed(`the entry ${name} is longer than it says`);
  };
  return {
    size: entry.size,
    read: async (offset, length) => {
      // What follows the last byte is expanded as well: an entry that goes on is not what it says.
      const toEnd = offset + length === entry.size;
      while (known.length < offset + length || (toEnd && taken < entry.end - entry.begin)) {
        await expand();
      }
      return known.subarray(offset, offset + length);
    },
  };
}

function inflate(bytes: Uint8Array, name: string, whole: boolean, budget: ExpandBudget): Buffer {
  const most = Math.min(
    expandLimits.entryBytes,
    budget.bytes,
    bytes.length * maxRatio + firstBytes,
  );
  try {
    const { buffer, engine } = inflateRawSync(bytes, {
      maxOutputLength: Math.max(1, most),
      finishFlush: whole ? constants.Z_FINISH : constants.Z_SYNC_FLUSH,
      info: true,
    }) as unknown as { buffer: Buffer; engine: { bytesWritten: number } };
    budget.bytes -= buffer.length;
    if (whole && engine.bytesWritten !== bytes.length) {
      throw new Malformed(`the entry ${name} has bytes behind its end`);
    }
    return buffer;
  } catch (cause) {
    if (cause instanceof Malformed) throw cause;
    const tooLong = (cause as NodeJS.ErrnoException).code === "ERR_BUFFER_TOO_LARGE";
    throw new Malformed(
      `the entry ${name} ${tooLong ? "expands to more than is looked into" : "does not expand"}`,
      { cause },
    );
  }
}

/** True when the content of an entry has the checksum that the archive says. Reads all of it. */
export async function entryHolds(content: RandomAccess, entry: LocatedEntry): Promise<boolean> {
  let checksum = crc32(await content.read(0, 0));
  for (let at = 0; at < content.size; at += blockBytes) {
    checksum = crc32(await content.read(at, Math.min(blockBytes, content.size - at)), checksum);
  }
  return checksum === entry.crc32;
}

const blockBytes = 1 << 20;
