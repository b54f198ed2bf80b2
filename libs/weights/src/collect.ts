import { type FileHandle, open, readdir, realpath, stat } from "node:fs/promises";
import { basename, dirname, join, resolve } from "node:path";
import {
  checkNames,
  detectFormat,
  type Format,
  formatHeadBytes,
  formatTailBytes,
  printable,
} from "@plimsoll/manifest";
import { WeightsError } from "./error.ts";
import { globMatcher } from "./glob.ts";
import { parallel } from "./parallel.ts";

/** Extensions that `publish <folder>` takes, contracts section 1, and the outside data of an ONNX file. */
export const weightExtensions: readonly string[] = [
  ".onnx",
  ".pt",
  ".pth",
  ".safetensors",
  ".h5",
  ".keras",
  ".npz",
  ".gguf",
  ".json",
  ".onnx.data",
  ".onnx_data",
];

/** What Plimsoll itself writes beside weights: never taken for weights. */
const OWN = new Set([
  "manifest.json",
  "weights_urls.json",
  "model.sig",
  "sha256sums",
  "attestation.jsonl",
]);

/** A weight file on this disk. */
export interface WeightFile {
  /** Its name in the manifest: the path below the given folder, with `/`. */
  readonly name: string;
  /** Absolute, links resolved. */
  readonly path: string;
  readonly size: number;
  readonly format: Format;
  /** Device, inode, size and time of change: another text means that the file was touched. */
  readonly identity: string;
}

export interface CollectOptions {
  /** Paths of files, or of folders to look through. */
  readonly from: readonly string[];
  /** Globs that a file of a folder must match instead of having a weight file's extension. */
  readonly include?: readonly string[];
  /** Globs of files that are left out. */
  readonly exclude?: readonly string[];
}

export interface Collected {
  /** Sorted by name. */
  readonly files: readonly WeightFile[];
  /** The first folder that was given, else the folder of the first file. Absolute. */
  readonly folder: string;
}

/**
 * Picks the weight files of a publish. A folder is searched through, hidden folders and `node_modules` left out; files
 * that are named themselves are taken whatever they are called. Symbolic links to files are followed.
 *
 * Throws `E_NOT_FOUND` where there is nothing to take, `E_PATH` for a name outside the grammar or two that clash, and
 * `E_LFS_POINTER` where a Git-LFS pointer lies in the place of weights.
 */
export async function collectFiles(options: CollectOptions): Promise<Collected> {
  const found: { name: string; path: string }[] = [];
  let folder: string | undefined;
  let firstFileFolder: string | undefined;
  const included = options.include?.length ? globMatcher(options.include) : hasWeightExtension;
  const excluded = globMatcher(options.exclude ?? []);
  for (const from of options.from) {
    const path = resolve(from);
    if (await isFolder(path)) {
      folder ??= path;
      for (const name of await filesBelow(path, "")) {
        if (!isOwnOutput(name) && included(name) && !excluded(name)) {
          found.push({ name, path: join(path, name) });
        }
      }
    } else {
      firstFileFolder ??= dirname(path);
      found.push({ name: basename(path), path });
    }
  }
  if (found.length === 0) {
    throw new WeightsError(
      "E_NOT_FOUND",
      `${options.from.map((path) => printable(path)).join(", ")}: no weight files here; taken are ${weightExtensions.join(" ")}, or what --include names`,
    );
  }
  checkNames(found.map(({ name }) => name));
  const files = await parallel(found, 16, describe);
  refusePointers(files);
  return {
    files: files.sort((a, b) => (a.name < b.name ? -1 : 1)),
    folder: folder ?? firstFileFolder ?? resolve("."),
  };
}

/** Device, inode, size and modification time of a file: equal texts mean that nobody touched it. */
export async function fileIdentity(path: string): Promise<string> {
  const { dev, ino, size, mtimeNs } = await stat(path, { bigint: true });
  return `${dev}:${ino}:${size}:${mtimeNs}`;
}

/** True for a name that `publish` takes from a folder without being told: a weight file's extension, not our own output. */
export function isWeightFile(name: string): boolean {
  return hasWeightExtension(name) && !isOwnOutput(name);
}

function hasWeightExtension(name: string): boolean {
  const lower = name.toLowerCase();
  return weightExtensions.some((extension) => lower.endsWith(extension));
}

function isOwnOutput(name: string): boolean {
  const base = basename(name).toLowerCase();
  return OWN.has(base) || base.endsWith(".chunks");
}

async function isFolder(path: string): Promise<boolean> {
  try {
    return (await stat(path)).isDirectory();
  } catch (error) {
    throw new WeightsError("E_NOT_FOUND", `${printable(path)}: no such file or folder`, {
      cause: error,
    });
  }
}

async function filesBelow(root: string, prefix: string): Promise<string[]> {
  const names: string[] = [];
  for (const entry of await readdir(join(root, prefix), { withFileTypes: true })) {
    if (entry.name.startsWith(".") || entry.name === "node_modules") continue;
    const name = prefix + entry.name;
    if (entry.isDirectory()) names.push(...(await filesBelow(root, `${name}/`)));
    else if (entry.isFile()) names.push(name);
    else if (entry.isSymbolicLink() && (await leadsToFile(join(root, name)))) names.push(name);
  }
  return names;
}

async function leadsToFile(path: string): Promise<boolean> {
  return await stat(path).then(
    (stats) => stats.isFile(),
    () => false,
  );
}

async function describe(file: { name: string; path: string }): Promise<WeightFile> {
  const path = await realpath(file.path);
  const handle = await open(path, "r");
  try {
    const stats = await handle.stat();
    if (!stats.isFile()) {
      throw new WeightsError("E_PATH", `${printable(file.path)}: not a regular file`);
    }
    return {
      name: file.name,
      path,
      size: stats.size,
      format: await readFormat(handle, stats.size),
      identity: await fileIdentity(path),
    };
  } finally {
    await handle.close();
  }
}

async function readFormat(handle: FileHandle, size: number): Promise<Format> {
  const read = async (start: number, length: number): Promise<Buffer> => {
    const { buffer, bytesRead } = await handle.read(Buffer.alloc(length), 0, length, start);
    return buffer.subarray(0, bytesRead);
  };
  const head = await read(0, Math.min(formatHeadBytes, size));
  // Only zip files say at their end what they are.
  if (!head.subarray(0, 2).equals(Buffer.from("PK"))) return detectFormat(head);
  const start = Math.max(0, size - formatTailBytes);
  return detectFormat(head, { tail: await read(start, size - start) });
}

function refusePointers(files: readonly WeightFile[]): void {
  const pointers = files.filter(({ format }) => format === "git-lfs-pointer");
  if (pointers.length === 0) return;
  const names = pointers.map(({ name }) => name).join(", ");
  throw new WeightsError(
    "E_LFS_POINTER",
    `${names}: Git-LFS pointer${pointers.length > 1 ? "s" : ""}, not weights: run \`git lfs pull\` first, or leave ${pointers.length > 1 ? "them" : "it"} out with --exclude`,
  );
}
