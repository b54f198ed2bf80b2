import { createHash } from "node:crypto";
import { open, realpath } from "node:fs/promises";
import { dirname, isAbsolute, join } from "node:path";
import {
  detectFormat,
  type Facts,
  formatHeadBytes,
  printable,
  readFacts,
} from "@plimsoll/manifest";
import { InferenceError } from "../error.ts";
import type { ModelFile, ModelFiles } from "../model-files.ts";
import { exportHint } from "./export-hint.ts";
import { runtimeLimits } from "./runtime-limits.ts";

const blockBytes = 262_144;

/** SHA-256 and size of a file, read in blocks. */
async function digestOf(path: string): Promise<{ readonly sha256: string; readonly size: number }> {
  const file = await open(path, "r");
  try {
    const hash = createHash("sha256");
    const block = Buffer.allocUnsafeSlow(blockBytes);
    let size = 0;
    for (;;) {
      const { bytesRead } = await file.read(block, 0, block.length, size);
      if (bytesRead === 0) return { sha256: hash.digest("hex"), size };
      hash.update(block.subarray(0, bytesRead));
      size += bytesRead;
    }
  } finally {
    await file.close();
  }
}

async function checkDigest({ name, path, size, sha256 }: ModelFile): Promise<void> {
  if (!isAbsolute(path)) {
    throw new InferenceError("E_USAGE", `${printable(name)}: its path is not absolute`);
  }
  let found;
  try {
    found = await digestOf(path);
  } catch (cause) {
    const reason = String((cause as { code?: unknown }).code ?? cause);
    throw new InferenceError(
      "E_MODEL",
      `${printable(name)}: not readable (${reason}): sync again`,
      {
        cause,
      },
    );
  }
  if (found.sha256 === sha256 && found.size === size) return;
  throw new InferenceError(
    "E_DIGEST",
    `${printable(name)}: ${sha256} of ${size} bytes expected, got ${found.sha256} of ${found.size}: sync again`,
  );
}

async function factsOf({ name, path }: ModelFile): Promise<Facts> {
  const file = await open(path, "r");
  try {
    const { size } = await file.stat();
    const read = async (offset: number, length: number): Promise<Uint8Array> => {
      const bytes = new Uint8Array(length);
      const { bytesRead } = await file.read(bytes, 0, length, offset);
      return bytes.subarray(0, bytesRead);
    };
    const head = await read(0, Math.min(formatHeadBytes, size));
    try {
      return await readFacts({ size, read }, { name });
    } catch (cause) {
      const hint = exportHint(name, detectFormat(head), size);
      const reason = cause instanceof Error ? ` (${cause.message})` : "";
      throw new InferenceError("E_MODEL", `${hint}${reason}`, { cause });
    }
  } finally {
    await file.close();
  }
}

/** Opset and IR version before the runtime sees them: its own words for these are poor. */
function checkVersions(name: string, { onnx }: Facts): void {
  if (onnx === undefined) return;
  const { maxIr, minOpset, maxOpset } = runtimeLimits;
  if (onnx.irVersion > maxIr) {
    throw new InferenceError(
      "E_MODEL",
      `${printable(name)}: IR version ${onnx.irVersion}, at most ${maxIr} can be served: export it for an older ONNX`,
    );
  }
  const opset = onnx.opsets["ai.onnx"] ?? onnx.opsets[""];
  if (opset !== undefined && (opset < minOpset || opset > maxOpset)) {
    throw new InferenceError(
      "E_MODEL",
      `${printable(name)}: opset ${opset}, ${minOpset} to ${maxOpset} can be served: export it with opset 17`,
    );
  }
}

/**
 * External data must be among the version's files, beside the model, and is then bound by its digest (row O2). A hard
 * link is no way around that, and the cache makes hard links, so the number of links is not looked at. The runtime itself
 * refuses paths and symbolic links that leave the folder.
 */
async function checkExternal(main: ModelFile, facts: Facts, files: readonly ModelFile[]) {
  const folder = await realpath(dirname(main.path));
  const beside = new Set<string>();
  for (const { path } of files) {
    if ((await realpath(dirname(path))) === folder)
      beside.add(path.slice(dirname(path).length + 1));
  }
  for (const location of facts.onnx?.externalData ?? []) {
    if (beside.has(location)) continue;
    throw new InferenceError(
      "E_MODEL",
      `${printable(main.name)}: its data lies in ${printable(join(location))}, which is no file of this version in the same folder: publish both together`,
    );
  }
}

/**
 * Checks the files of a version, at every load: digest and size of each, and of the models among `mains` the format by
 * content (an allow-list of one: ONNX), opset, IR version and where their external data lies.
 *
 * The bytes are read again by the runtime afterwards: whoever can write into the folder in between is not kept out.
 *
 * @throws InferenceError `E_DIGEST`, `E_MODEL`.
 */
export async function checkFiles(
  { files }: ModelFiles,
  mains: readonly ModelFile[],
): Promise<readonly Facts[]> {
  for (const file of files) await checkDigest(file);
  const all: Facts[] = [];
  for (const main of mains) {
    const facts = await factsOf(main);
    if (facts.format !== "onnx") {
      throw new InferenceError("E_MODEL", exportHint(main.name, facts.format, main.size));
    }
    checkVersions(main.name, facts);
    await checkExternal(main, facts, files);
    all.push(facts);
  }
  return all;
}
