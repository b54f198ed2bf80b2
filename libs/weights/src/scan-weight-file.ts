import { open } from "node:fs/promises";
import { printable, type RandomAccess, scanFile, type ScanReport } from "@plimsoll/manifest";
import { WeightsError } from "./error.ts";

export interface ScanWeightOptions {
  /** Takes pickles and other code that is not on the list; default false. */
  readonly allowPickle?: boolean | undefined;
  readonly signal?: AbortSignal | undefined;
  readonly onWarning?: ((message: string) => void) | undefined;
}

/** Opens a file for reading at any offset, does the work and closes it. */
export async function withRandomAccess<Result>(
  path: string,
  work: (file: RandomAccess) => Promise<Result>,
): Promise<Result> {
  const handle = await open(path, "r");
  try {
    const { size } = await handle.stat();
    return await work({
      size,
      async read(offset, length) {
        const { buffer, bytesRead } = await handle.read(Buffer.alloc(length), 0, length, offset);
        return buffer.subarray(0, bytesRead);
      },
      async readInto(block, offset) {
        return (await handle.read(block, 0, block.length, offset)).bytesRead;
      },
    });
  } finally {
    await handle.close();
  }
}

/** What a weight file on this disk holds; nothing is executed. `name` is what it is called in its release. */
export async function scanWeightFile(
  path: string,
  name: string,
  { allowPickle = false, signal }: ScanWeightOptions = {},
): Promise<ScanReport> {
  return await withRandomAccess(
    path,
    async (file) =>
      await scanFile(file, { name, allowCode: allowPickle, ...(signal && { signal }) }),
  );
}

/**
 * Throws `E_SCAN` for a weight file that must not be used. That only its name promises more than plain text or unknown
 * bytes is a warning: nothing can run in those, and loading them fails by itself.
 */
export async function refuseScanned(
  path: string,
  name: string,
  options: ScanWeightOptions = {},
): Promise<void> {
  const report = await scanWeightFile(path, name, options);
  if (!report.refused) return;
  const refusals = report.findings.filter(({ level }) => level === "refuse");
  const isHarmless =
    ["text", "json", "unknown"].includes(report.format) &&
    refusals.every(({ rule }) => rule === "name");
  if (isHarmless) {
    options.onWarning?.(`${name}: ${refusals[0]?.what}`);
    return;
  }
  const way = refusals.every(({ rule }) => rule === "code")
    ? "export ONNX or safetensors, or take it on purpose with --allow-pickle"
    : "export it again as ONNX or safetensors";
  throw new WeightsError(
    "E_SCAN",
    `${printable(name)}: ${report.verdict}: ${way}; plimsoll scan says more`,
  );
}
