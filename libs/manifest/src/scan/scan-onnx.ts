import { Malformed } from "../bytes/malformed.ts";
import type { RandomAccess } from "../bytes/random-access.ts";
import { readOnnx, standardDomain, type OnnxOutline } from "../format/onnx/onnx-outline.ts";
import type { ExternalData } from "../format/onnx/read-tensor.ts";
import { pathFault } from "../names/name.ts";
import { printable } from "../text/printable.ts";
import type { Content, ScanRecord } from "./scan-record.ts";

/** Domains whose operators onnxruntime brings itself. */
const knownDomains: ReadonlySet<string> = new Set([
  standardDomain,
  "ai.onnx.ml",
  "ai.onnx.training",
  "ai.onnx.preview.training",
  "com.microsoft",
  "com.microsoft.experimental",
  "com.microsoft.nchwc",
  "com.ms.internal.nhwc",
  "org.pytorch.aten",
]);
/** Operators that call Python, or read a file that they name. */
const reachingOperators: ReadonlySet<string> = new Set(["PyOp", "PythonOp", "EPContext", "ATen"]);
const count = /^\d{1,15}$/;

/** Looks at what an ONNX model would load besides itself: files of external data, and libraries of operators. */
export async function scanOnnx(scan: ScanRecord, content: Content): Promise<void> {
  const outline = await readOnnx(content.file);
  for (const problem of outline.problems) scan.refuse(content, "structure", problem);
  for (const { name, external } of outline.externals) {
    if (external !== undefined) judgeExternal(scan, content, printable(name, 80), external);
  }
  judgeOperators(scan, content, outline);
}

function judgeExternal(
  scan: ScanRecord,
  content: Content,
  tensor: string,
  { location, offset = "0", length = "0" }: ExternalData,
): void {
  const fault = pathFault(location);
  if (fault !== undefined) {
    const where = `"${printable(location)}"`;
    scan.refuse(content, "path", `the data of ${tensor} lie at ${where}: ${fault}`);
  }
  if (!count.test(offset) || !count.test(length)) {
    scan.refuse(content, "path", `the data of ${tensor} lie at an offset that cannot be`);
  }
  const name = beside(content.name, location);
  if (scan.externalData.size < 10_000) scan.externalData.add(name);
  scan.note(content, "path", `data lie in ${printable(name)}, which has to be in the manifest`);
}

function judgeOperators(
  scan: ScanRecord,
  content: Content,
  { operators, functions }: OnnxOutline,
): void {
  for (const name of operators.keys()) {
    if (functions.has(name)) continue;
    const [domain = "", op = ""] = name.split(" ");
    if (!knownDomains.has(domain)) {
      scan.warn(
        content,
        "operator",
        `operators of ${printable(domain)} need a library of their own`,
      );
    } else if (reachingOperators.has(op)) {
      scan.warn(
        content,
        "operator",
        `the operator ${printable(name)} reaches outside of the model`,
      );
    }
  }
}

/** ONNX counts external data from the model's own folder. */
const beside = (model: string, location: string): string =>
  model.slice(0, model.lastIndexOf("/") + 1) + location;

/** True for a whole ONNX model, also one that does not begin like one. */
export async function isOnnx(file: RandomAccess): Promise<boolean> {
  try {
    await readOnnx(file);
    return true;
  } catch (error) {
    if (error instanceof Malformed) return false;
    throw error;
  }
}
