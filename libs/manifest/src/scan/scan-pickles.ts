import type { RandomAccess } from "../bytes/random-access.ts";
import { isAllowedGlobal } from "./allowed-globals.ts";
import { scanPickleIn, type PickleContent } from "./scan-pickle.ts";
import type { Content, ScanRecord } from "./scan-record.ts";

/** `torch.save` before 1.6: magic number, protocol, system, the object, the keys of its storages, then raw storages. */
const legacyPickles = 5;
const maxPickles = 1000;
const identifiers = /^[A-Za-z_][\w.]*\.[A-Za-z_]\w*$/;

/** A file of nothing but pickles, one behind the other. */
export async function scanPickles(scan: ScanRecord, content: Content): Promise<void> {
  const { file } = content;
  let end = 0;
  for (let count = 0; end < file.size || count === 0; count += 1) {
    const another = count === 0 || (await byteAt(file, end)) === 0x80;
    if (!another || count === maxPickles) {
      return scan.refuse(content, "structure", `bytes follow the end of its pickle`);
    }
    const pickle = await scanPickleIn(file, end);
    scan.pickle(content, pickle);
    if (!pickle.complete) return;
    end = pickle.end;
  }
}

/** What PyTorch wrote before it wrote zip files. The storages behind the pickles are raw numbers. */
export async function scanLegacyTorch(scan: ScanRecord, content: Content): Promise<void> {
  let end = 0;
  for (let count = 0; count < legacyPickles; count += 1) {
    const pickle = await scanPickleIn(content.file, end);
    scan.pickle(content, pickle);
    if (!pickle.complete) return;
    end = pickle.end;
  }
}

/**
 * Looks whether bytes that do not begin like a pickle are one all the same: the oldest protocols begin with nothing that
 * tells, and a file may be two things. Gives the pickle where it would import something and get to the end or run it; of
 * content that is no text (`isText` false) already where it would import something.
 */
export async function hiddenPickle(
  file: RandomAccess,
  isText: boolean,
): Promise<PickleContent | undefined> {
  const pickle = await scanPickleIn(file);
  const named = pickle.globals.filter((global) => identifiers.test(global));
  const works = pickle.complete || pickle.runs || !isText;
  return works && named.some((global) => !isAllowedGlobal(global)) ? pickle : undefined;
}

async function byteAt(file: RandomAccess, offset: number): Promise<number | undefined> {
  return (await file.read(offset, 1))[0];
}
