import type { RandomAccess } from "../bytes/random-access.ts";
import { detectFormat } from "../format/detect-format.ts";
import { readNpy } from "../format/numpy/npy-header.ts";
import { expandLimits, openEntry } from "../format/zip/open-entry.ts";
import type { LocatedEntry } from "../format/zip/zip-archive.ts";
import { isObject } from "../json/is-object.ts";
import { parseJson } from "../json/parse-json.ts";
import { dtypeName } from "./dtype-name.ts";
import type { Facts } from "./facts.ts";
import { tensorFacts, type Counted } from "./tensor-count.ts";
import { torchTensors } from "./torch-facts.ts";

/** Facts of an archive by what it is: PyTorch, NumPy or Keras. */
export async function zipFacts(
  file: RandomAccess,
  format: Facts["format"],
  entries: readonly LocatedEntry[],
): Promise<Partial<Facts>> {
  const budget = { bytes: expandLimits.totalBytes };
  const open = (entry: LocatedEntry): RandomAccess => openEntry(file, entry, budget);
  const named = (end: RegExp): LocatedEntry | undefined =>
    entries.find(({ name }) => end.test(name));
  if (format === "pytorch-zip") {
    const data = named(/(?:^|\/)data\.pkl$/);
    return data === undefined ? {} : tensorFacts(await torchTensors(open(data)));
  }
  if (format === "npz") {
    const arrays: Counted[] = [];
    for (const entry of entries) arrays.push(await npyTensor(open(entry)));
    return tensorFacts(arrays);
  }
  const about = format === "keras" ? named(/^metadata\.json$/) : undefined;
  return about === undefined ? {} : { metadata: await texts(open(about)) };
}

/** An array of an `.npy` file; `unknown` for what is none. */
export async function npyTensor(file: RandomAccess): Promise<Counted> {
  const head = await file.read(0, Math.min(16, file.size));
  if (detectFormat(head) !== "npy") return { dtype: "unknown", elements: 0 };
  const { descr, elements } = await readNpy(file);
  return { dtype: dtypeName(descr), elements };
}

/** The members of a small JSON object that are texts. */
async function texts(file: RandomAccess): Promise<Readonly<Record<string, string>>> {
  const value = parseJson(await file.read(0, Math.min(file.size, 1 << 20)));
  return isObject(value)
    ? Object.fromEntries(
        Object.entries(value).flatMap(([key, text]) =>
          typeof text === "string" ? [[key, text] as const] : [],
        ),
      )
    : {};
}
