import { lstat } from "node:fs/promises";
import { sizeBounds, type WeightEntry } from "@plimsoll/manifest";
import type { WantedFile } from "./bring-file.ts";
import { WeightsError, type WeightsErrorCode } from "./error.ts";
import { expectSpace } from "./free-space.ts";
import { type FileState, inspectFile } from "./inspect-file.ts";
import { parallel } from "./parallel.ts";
import type { SyncedFile } from "./sync-request.ts";
import { fail, settle, type SyncRun } from "./sync-run.ts";
import { describeState, type VerifiedFile } from "./verify.ts";

/** Codes of what can be wrong with a file that is only looked at. */
const CODES: Readonly<Record<VerifiedFile["status"], WeightsErrorCode>> = {
  ok: "E_DIGEST",
  unproven: "E_DIGEST",
  missing: "E_NOT_FOUND",
  size: "E_SIZE",
  damaged: "E_DIGEST",
  "lfs-pointer": "E_LFS_POINTER",
  "not-a-file": "E_PATH",
};

/**
 * Looks at what is in the folder and in the cache, tells the plan, and gives what must be brought, largest first. With
 * `verifyOnly` what is wrong is reported and nothing is to be brought. Throws `E_LIMIT` where the room for it is missing.
 */
export async function takeStock(
  run: SyncRun,
  wanted: readonly WantedFile[],
): Promise<WantedFile[]> {
  const { cache, options, warn } = run;
  const { force, verifyOnly, full = verifyOnly, signal, onEvent } = options;
  const states = await parallel(wanted, 8, async ({ path, entry }) =>
    force && !verifyOnly ? undefined : await inspectFile(path, entry, { cache, signal, full }),
  );
  const here: SyncedFile[] = [];
  const missing: WantedFile[] = [];
  for (const [index, file] of wanted.entries()) {
    const state = states[index];
    if (state?.status === "unproven") run.received.push({ name: file.name, ...state });
    const event = state && presentFile(file.name, state);
    if (event) here.push(event);
    else {
      const damaged = state?.status === "damaged" || state?.status === "size";
      missing.push(damaged ? { ...file, damaged } : file);
    }
  }
  const absent = verifyOnly ? missing : await notCached(run, missing);
  const bytes = (files: readonly WantedFile[]): number =>
    files.reduce((sum, { entry }) => sum + likelySize(entry), 0);
  onEvent?.({
    type: "plan",
    files: wanted.length,
    bytes: bytes(wanted),
    missingFiles: absent.length,
    missingBytes: bytes(absent),
  });
  for (const event of here) settle(run, event);
  for (const [index, file] of wanted.entries()) {
    const state = states[index];
    if (verifyOnly && state) reportWrong(run, file, state);
    else if (state?.status === "lfs-pointer") {
      warn(`${file.name}: a Git-LFS pointer lay in its place; it is replaced by the weights`);
    }
  }
  if (verifyOnly) return [];
  const room = { fetched: bytes(absent), placed: await growth(missing) };
  await expectSpace(room, { cache: cache.dir, app: run.dir });
  return missing.sort((a, b) => likelySize(b.entry) - likelySize(a.entry));
}

/** The event of a file that needs nothing, or undefined for one that must be brought. */
function presentFile(name: string, state: FileState): SyncedFile | undefined {
  switch (state.status) {
    case "proven":
    case "unproven":
      return { type: "file", name, outcome: "unchanged", size: state.size, placement: "kept" };
    case "verified":
      return { type: "file", name, outcome: "verified", size: state.size, placement: "kept" };
    default:
      return undefined;
  }
}

/** The files that the cache does not have. What was found damaged is not hashed again where the cache holds the same file. */
async function notCached(run: SyncRun, files: readonly WantedFile[]): Promise<WantedFile[]> {
  const { cache, options } = run;
  if (options.force) return [...files];
  const call = options.signal ? { signal: options.signal } : {};
  const cached = await parallel(files, 8, async (file) => {
    const { checksum } = file.entry;
    if (checksum === undefined) return undefined;
    return await cache.find(checksum, {
      ...call,
      ...(file.damaged && { damaged: file.path }),
    });
  });
  return files.filter((_file, index) => cached[index] === undefined);
}

function reportWrong(run: SyncRun, file: WantedFile, state: FileState): void {
  const { status, message } = describeState(file.name, file.entry, state);
  if (message === undefined || status === "unproven") return;
  const error = new WeightsError(CODES[status], message);
  fail(run, file, { name: file.name, code: error.code, message }, error);
}

/**
 * Bytes that a folder grows by while these files are put into it, one beside what it replaces: what it needs at the
 * least.
 */
async function growth(files: readonly WantedFile[]): Promise<number> {
  const sizes = files.map(({ entry }) => likelySize(entry));
  const replaced = await parallel(files, 8, async ({ path }) => {
    return await lstat(path).then(
      (stats) => (stats.isFile() ? stats.size : 0),
      () => 0,
    );
  });
  const sum = (numbers: readonly number[]): number => numbers.reduce((a, b) => a + b, 0);
  // The last one lies beside the file that it replaces.
  return Math.max(0, ...sizes, sum(sizes) - sum(replaced));
}

/** Bytes, exact where the manifest says them. */
function likelySize(entry: WeightEntry): number {
  return entry.size ?? sizeBounds(entry)?.max ?? 0;
}
