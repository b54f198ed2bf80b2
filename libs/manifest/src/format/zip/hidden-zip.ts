import { type RandomAccess, viewOf } from "../../bytes/random-access.ts";

const endBytes = 22;
const endSignature = 0x06054b50;
const entrySignature = 0x02014b50;
/** The record and the locator of a 64-bit archive stand between its directory and its end. */
const zip64Bytes = 76;
const tailBytes = endBytes + 0xffff;
const maxCandidates = 16;

/**
 * True where a file that does not begin as a zip archive ends as one: readers that look for the end of an archive, as
 * Python's does, would open it. An end counts where a directory stands before it, whatever else is wrong with it.
 */
export async function endsAsZip(file: RandomAccess): Promise<boolean> {
  const length = Math.min(file.size, tailBytes);
  const tailAt = file.size - length;
  const tail = viewOf(await file.read(tailAt, length));
  let candidates = 0;
  for (let at = length - endBytes; at >= 0; at -= 1) {
    if (tail.getUint32(at, true) !== endSignature) continue;
    candidates += 1;
    if (candidates > maxCandidates) return true;
    const begin = tailAt + at - tail.getUint32(at + 12, true);
    for (const place of [begin, begin - zip64Bytes]) {
      if (place < 0 || place + 4 > file.size) continue;
      const signature = viewOf(await file.read(place, 4)).getUint32(0, true);
      if (signature === entrySignature) return true;
    }
  }
  return false;
}
