import { printable } from "../text/printable.ts";
import { kerasClassFault } from "./keras-class.ts";
import type { Content, ScanRecord } from "./scan-record.ts";

const blockBytes = 1 << 20;
/** No match is longer: blocks are read with this much of the one before. */
const overlapBytes = 4096;
const key = /"(class_name|module)"/g;
const value = /^\s{0,64}:\s{0,64}(?:"([^"\\]{0,256})"|null|[^"\s])/;
/** A letter that is spelled as an escape hides a word from this search; honest writers never do it. */
const hiddenLetter = /\\u00(?:4[1-9a-f]|5[0-9af]|6[1-9a-f]|7[0-9a])/i;

/** Searches bytes for the classes that Keras would build from JSON text among them; true where there are any. */
export async function searchKerasClasses(scan: ScanRecord, content: Content): Promise<boolean> {
  const { file } = content;
  let found = false;
  for (let at = 0; at < file.size; at += blockBytes) {
    scan.signal?.throwIfAborted();
    const from = Math.max(0, at - overlapBytes);
    const bytes = await file.read(from, Math.min(at + blockBytes, file.size) - from);
    const block = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    if (block.includes("\\u00") && hiddenLetter.test(block.toString("latin1"))) {
      scan.refuse(content, "code", "plain letters of its configuration are written as escapes");
    }
    if (!block.includes('"class_name"') && !block.includes('"module"')) continue;
    found = true;
    judgeClasses(scan, content, block.toString("latin1"), at + blockBytes >= file.size);
  }
  return found;
}

function judgeClasses(scan: ScanRecord, content: Content, text: string, isLast: boolean): void {
  for (const match of text.matchAll(key)) {
    const behind = text.slice(match.index + match[0].length, match.index + overlapBytes / 2);
    // Whatever is cut here stands whole in the next block.
    if (!isLast && match.index > text.length - overlapBytes / 2) continue;
    const [whole, name] = value.exec(behind) ?? [];
    if (whole === undefined) {
      scan.refuse(content, "code", `a ${match[1]} that cannot be read: ${printable(behind, 40)}`);
    }
    if (name === undefined) continue;
    const fault = match[1] === "module" ? kerasClassFault("Layer", name) : kerasClassFault(name);
    if (fault !== undefined) scan.refuse(content, "code", fault);
  }
}
