import { zipFormat } from "../format/detect-format.ts";
import type { Format } from "../format/format.ts";
import { entryHolds, openEntry } from "../format/zip/open-entry.ts";
import { readZip, type LocatedEntry } from "../format/zip/zip-archive.ts";
import { printable } from "../text/printable.ts";
import { hiddenPickle } from "./scan-pickles.ts";
import type { Content, ScanRecord } from "./scan-record.ts";

/** One tensor of a PyTorch archive: raw numbers, which nothing unpickles. */
const storage = /(?:^|\/)data\/\d+$/;
const program =
  /(?:^|\/)code\/|\.(?:py|pyc|pyo|so|dll|dylib|exe|sh|bat|cmd|ps1|jar|class|wasm|js)$/i;
/** Larger entries are tensors, whose checksum would mean to read them all. */
const maxCheckedBytes = 64 << 20;

/**
 * Looks at a zip archive as a whole and gives its entries, to be looked at as files of their own. Returns what the archive
 * is by their names.
 */
export async function* scanZip(
  scan: ScanRecord,
  content: Content,
): AsyncGenerator<Content, Format> {
  const archive = await readZip(content.file);
  if (archive === undefined) {
    scan.refuse(content, "structure", "a zip archive without an end");
    return "unknown";
  }
  for (const problem of archive.problems) scan.refuse(content, "structure", `zip: ${problem}`);
  const format = zipFormat(archive.entries.map(({ name }) => name));
  judgePrograms(scan, content, format, archive.entries);
  for (const entry of archive.entries) {
    scan.signal?.throwIfAborted();
    const file = openEntry(content.file, entry, scan.budget);
    const inner = { file, name: entry.name, path: [...content.path, entry.name] };
    if (format === "pytorch-zip" && storage.test(entry.name)) {
      const hidden = await hiddenPickle(file, false);
      if (hidden !== undefined) scan.pickle(inner, hidden);
      continue;
    }
    if (entry.size <= maxCheckedBytes && !(await entryHolds(file, entry))) {
      scan.refuse(inner, "structure", "its checksum is wrong");
    }
    yield inner;
  }
  return format;
}

function judgePrograms(
  scan: ScanRecord,
  content: Content,
  format: Format,
  entries: readonly LocatedEntry[],
): void {
  const programs = entries.filter(({ name }) => program.test(name));
  const [first] = programs;
  if (first === undefined) return;
  const kind = format === "pytorch-zip" ? "TorchScript or another program" : "a program";
  const more = programs.length > 1 ? ` and ${programs.length - 1} more` : "";
  scan.refuse(content, "code", `${kind} inside: ${printable(first.name, 80)}${more}`);
}
