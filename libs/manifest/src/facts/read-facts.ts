import { Malformed } from "../bytes/malformed.ts";
import type { RandomAccess } from "../bytes/random-access.ts";
import { ManifestError } from "../error.ts";
import { detectFormat, formatHeadBytes, zipFormat } from "../format/detect-format.ts";
import type { Format } from "../format/format.ts";
import { readGguf } from "../format/gguf/gguf-header.ts";
import { readOnnx } from "../format/onnx/onnx-outline.ts";
import { readSafetensors } from "../format/safetensors/safetensors-header.ts";
import { readZip } from "../format/zip/zip-archive.ts";
import { isZip } from "../format/zip-names.ts";
import { isOnnx } from "../scan/scan-onnx.ts";
import { printable } from "../text/printable.ts";
import { dtypeName } from "./dtype-name.ts";
import type { Facts } from "./facts.ts";
import { onnxFacts } from "./onnx-facts.ts";
import { tensorFacts, type Counted } from "./tensor-count.ts";
import { torchTensors } from "./torch-facts.ts";
import { npyTensor, zipFacts } from "./zip-facts.ts";

/** Pickles in front of the object in a file of an old PyTorch: magic number, protocol, system. */
const legacyPrefix = 3;

/**
 * What a weight file says about itself: figures of its tensors, and what its format adds. Headers only, weights are not
 * read and nothing is loaded. Texts come as they stand in the file: escape them before printing. HDF5, plain pickles, JSON
 * and text have a format and a size only.
 *
 * Throws `E_SCAN` for a file that breaks its format; `name` is for the message.
 */
export async function readFacts(
  file: RandomAccess,
  { name = "the file" }: { readonly name?: string } = {},
): Promise<Facts> {
  const head = await file.read(0, Math.min(formatHeadBytes, file.size));
  try {
    if (isZip(head)) {
      const archive = await readZip(file);
      if (archive === undefined) throw new Malformed("zip: an archive without an end");
      const { entries } = archive;
      const format = zipFormat(entries.map((entry) => entry.name));
      return { format, size: file.size, ...(await zipFacts(file, format, entries)) };
    }
    const detected = detectFormat(head);
    const format = detected === "unknown" && (await isOnnx(file)) ? "onnx" : detected;
    return { format, size: file.size, ...(await factsOf(file, format)) };
  } catch (cause) {
    if (!(cause instanceof Malformed) && !(cause instanceof ManifestError)) throw cause;
    const message = `${printable(name)}: ${cause.message}: export or copy it again`;
    throw new ManifestError("E_SCAN", message, { cause });
  }
}

async function factsOf(file: RandomAccess, format: Format): Promise<Partial<Facts>> {
  switch (format) {
    case "onnx":
      return onnxFacts(await readOnnx(file));
    case "safetensors": {
      const { tensors, metadata } = await readSafetensors(file);
      return { ...tensorFacts(tensors.map(named)), metadata: Object.fromEntries(metadata) };
    }
    case "gguf": {
      const { tensors, metadata } = await readGguf(file);
      const single = [...metadata].flatMap(([key, value]) =>
        typeof value === "object" || String(value).length > 1000
          ? []
          : [[key, String(value)] as const],
      );
      return { ...tensorFacts(tensors.map(named)), metadata: Object.fromEntries(single) };
    }
    case "npy":
      return tensorFacts([await npyTensor(file)]);
    case "pytorch-legacy":
      return tensorFacts(await torchTensors(file, legacyPrefix));
    default:
      return {};
  }
}

const named = ({ dtype, elements }: Counted): Counted => ({ dtype: dtypeName(dtype), elements });
