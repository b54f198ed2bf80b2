import { Malformed } from "../bytes/malformed.ts";
import { detectFormat, formatHeadBytes, formatTailBytes } from "../format/detect-format.ts";
import type { Format } from "../format/format.ts";
import { readGguf } from "../format/gguf/gguf-header.ts";
import { readNpy } from "../format/numpy/npy-header.ts";
import { readSafetensors } from "../format/safetensors/safetensors-header.ts";
import { endsAsZip } from "../format/zip/hidden-zip.ts";
import { isZip } from "../format/zip-names.ts";
import { claimsPickle, claimsText, nameClaim } from "./name-claim.ts";
import { packedKind } from "./packed.ts";
import { scanHdf5 } from "./scan-hdf5.ts";
import { scanKerasConfig } from "./scan-keras.ts";
import { isOnnx, scanOnnx } from "./scan-onnx.ts";
import { hiddenPickle, scanLegacyTorch, scanPickles } from "./scan-pickles.ts";
import { scanPickleIn } from "./scan-pickle.ts";
import type { Content, ScanRecord } from "./scan-record.ts";
import { scanZip } from "./scan-zip.ts";

const maxDepth = 4;

/**
 * Looks at content by what it is, never by what it is called, and then holds it against its name. Entries of archives are
 * content again. Gives the format; whatever cannot be followed is a finding.
 */
export async function scanContent(scan: ScanRecord, content: Content): Promise<Format> {
  scan.signal?.throwIfAborted();
  if (content.path.length > maxDepth) {
    scan.refuse(content, "structure", "archives inside each other, too deep");
    return "unknown";
  }
  let format: Format = "unknown";
  try {
    const head = await content.file.read(0, Math.min(formatHeadBytes, content.file.size));
    format = isZip(head) ? await scanArchive(scan, content) : await scanFormat(scan, content, head);
  } catch (error) {
    if (!(error instanceof Malformed)) throw error;
    scan.refuse(content, "structure", error.message);
  }
  judgeName(scan, content, format);
  return format;
}

async function scanArchive(scan: ScanRecord, content: Content): Promise<Format> {
  const entries = scanZip(scan, content);
  for (;;) {
    const next = await entries.next();
    if (next.done === true) return next.value;
    await scanContent(scan, next.value);
  }
}

async function scanFormat(scan: ScanRecord, content: Content, head: Uint8Array): Promise<Format> {
  const { file } = content;
  const tailAt = Math.max(0, file.size - formatTailBytes);
  const detected = detectFormat(head, { tail: await file.read(tailAt, file.size - tailAt) });
  const format = detected === "unknown" && (await isOnnx(file)) ? "onnx" : detected;
  if (await endsAsZip(file)) {
    scan.refuse(content, "structure", "a zip archive hides at its end");
    await scanArchive(scan, content);
  }
  switch (format) {
    case "pickle":
      await scanPickles(scan, content);
      return format;
    case "pytorch-legacy":
      await scanLegacyTorch(scan, content);
      return format;
    case "git-lfs-pointer":
      scan.refuse(content, "content", "a Git LFS pointer instead of the file: run git lfs pull");
      return format;
    case "gguf":
      if ((await readGguf(file)).metadata.has("tokenizer.chat_template")) {
        scan.note(content, "content", "a chat template, which programs run as Jinja");
      }
      break;
    case "safetensors":
      await readSafetensors(file);
      break;
    case "npy":
      if ((await readNpy(file)).hasObjects) {
        scan.refuse(content, "code", "an array of Python objects, which are a pickle");
      }
      break;
    case "hdf5":
      await scanHdf5(scan, content);
      break;
    case "onnx":
      await scanOnnx(scan, content);
      break;
    case "json":
      await scanKerasConfig(scan, content);
      break;
    default:
      break;
  }
  return scanDisguise(scan, content, format, head);
}

/** What the content may be besides what it looks like. */
async function scanDisguise(
  scan: ScanRecord,
  content: Content,
  format: Format,
  head: Uint8Array,
): Promise<Format> {
  const plain = format === "unknown" || format === "text" || format === "json";
  if (plain && claimsPickle(content.name) && (await scanPickleIn(content.file)).complete) {
    await scanPickles(scan, content);
    return "pickle";
  }
  // What is called .bin is also loaded by unpicklers, whatever it looks like.
  const isText = format !== "unknown" && !/\.(?:bin|model|weights)$/i.test(content.name);
  const hidden = await hiddenPickle(content.file, isText);
  if (hidden !== undefined) scan.pickle(content, hidden);
  if (format !== "unknown" && format !== "text") return format;
  const packed = packedKind(head);
  if (packed !== undefined) {
    scan.refuse(content, "unseen", `${packed}: what is inside cannot be looked at`);
  } else if (format === "unknown" && content.file.size > 0 && !/\.\w+_data$/.test(content.name)) {
    scan.warn(content, "unseen", "of no known format: it was not looked into");
  }
  return format;
}

function judgeName(scan: ScanRecord, content: Content, format: Format): void {
  const claim = nameClaim(content.name);
  const isText = claimsText(content.name);
  if (claim === undefined || claim.includes(format) || (isText && content.file.size === 0)) return;
  const what = `the name says ${claim[0]}, the content is ${format === "unknown" ? "something else" : format}`;
  if (format === "unknown" && isText) scan.warn(content, "name", what);
  else scan.refuse(content, "name", what);
}
