import { sha256 } from "@plimsoll/manifest";
import type { bytesSource, Driver } from "@plimsoll/storage";
import { checksumLines } from "./checksums.ts";
import { expectUntouched, type HashedFile } from "./hash-files.ts";
import { WeightsError } from "./error.ts";
import { parallel } from "./parallel.ts";
import { codeOf } from "./problem.ts";
import { putImmutable } from "./put-immutable.ts";
import { readBack } from "./read-back.ts";
import { readObject } from "./read-object.ts";
import { partSource, storedAs } from "./split-file.ts";
import { storeKeys } from "./store-keys.ts";

/** What is uploaded, and how. */
export interface UploadOptions {
  readonly model: string;
  readonly release: string;
  readonly files: readonly HashedFile[];
  /** Uploads at the same time; default what the host bears well, else 4. */
  readonly concurrency?: number | undefined;
  /** Read back and hash everything, whatever the host says. */
  readonly fullReadBack?: boolean | undefined;
  readonly signal?: AbortSignal | undefined;
  readonly onUpload?: (file: HashedFile, bytes: number) => void;
  readonly onReadBack?: (file: HashedFile) => void;
}

/** Larger ones are no list of 10,000 files. */
const MAX_CHECKSUMS_BYTES = 8 * 1024 * 1024;

/**
 * Brings all files of a version into a store and reads back what it holds; the version stays invisible. What is there
 * already with the right bytes is kept, so that a second run finishes what a first one began. Gives the bytes sent.
 *
 * `SHA256SUMS` goes first: of several publishers with other bytes under one version one gets it written, the others
 * are refused before they put a file (row S1; docs/adr/0022). Throws `E_EXISTS` and what the store throws.
 */
export async function uploadVersion(driver: Driver, options: UploadOptions): Promise<number> {
  const { model, release, files, signal } = options;
  const call = signal ? { signal } : {};
  const storage = await import("@plimsoll/storage");
  const prefix = storeKeys.version(model, release);
  const present = await listPresent(driver, prefix, signal);
  const here = (key: string) =>
    present === undefined ? "unknown" : present.has(key) ? "yes" : "no";
  await claim(driver, options, here, storage.bytesSource);
  let sentBytes = 0;
  const pieces = files.flatMap((file) => {
    let arrived = 0;
    const sent = new Map<string, number>();
    return storedAs(file, driver.limits).map((part) => ({
      file,
      part,
      report: (bytes: number): void => {
        arrived += bytes - (sent.get(part.name) ?? 0);
        sent.set(part.name, bytes);
        options.onUpload?.(file, arrived);
      },
    }));
  });
  const indexes = uploadIndexes(driver, options, here);
  // The files' failure is the one to tell; both are waited for.
  indexes.catch(() => undefined);
  await parallel(
    pieces,
    options.concurrency ?? driver.limits?.concurrency ?? 4,
    async ({ file, part, report }): Promise<void> => {
      signal?.throwIfAborted();
      const key = prefix + part.name;
      const outcome = await putImmutable(
        driver,
        {
          ...part,
          key,
          source: partSource(await storage.fileSource(file.encoded?.path ?? file.path), part),
          ...(part.sha256 === file.sha256 && file.md5Parts && { md5Parts: file.md5Parts }),
          contentType: file.format === "json" ? "application/json" : "application/octet-stream",
        },
        { ...call, present: here(key), onProgress: report },
      );
      if (outcome === "written") {
        sentBytes += part.size;
        await expectUntouched(file);
      }
    },
  );
  sentBytes += await indexes;
  await parallel(pieces, 8, async ({ file, part }): Promise<void> => {
    await readBack(
      driver,
      { ...part, key: prefix + part.name },
      { ...call, ...(options.fullReadBack && { full: true }) },
    );
    options.onReadBack?.(file);
  });
  return sentBytes;
}

/** Puts the chunk indexes beside their files and reads them back. Gives the bytes sent. */
async function uploadIndexes(
  driver: Driver,
  options: UploadOptions,
  here: (key: string) => "yes" | "no" | "unknown",
): Promise<number> {
  const { model, release, files, signal } = options;
  const call = signal ? { signal } : {};
  const { bytesSource } = await import("@plimsoll/storage");
  const prefix = storeKeys.version(model, release);
  const sizes = await parallel(
    files.flatMap(({ index }) => index ?? []),
    options.concurrency ?? driver.limits?.concurrency ?? 4,
    async (index): Promise<number> => {
      const { name, size, sha256, bytes } = await index;
      signal?.throwIfAborted();
      const key = prefix + name;
      const contentType = "application/octet-stream";
      const outcome = await putImmutable(
        driver,
        { key, name, size, sha256, source: bytesSource(bytes, key), contentType },
        { ...call, present: here(key) },
      );
      await readBack(driver, { key, name, size, sha256 }, call);
      return outcome === "written" ? size : 0;
    },
  );
  return sizes.reduce((sum, size) => sum + size, 0);
}

async function claim(
  driver: Driver,
  options: UploadOptions,
  here: (key: string) => "yes" | "no" | "unknown",
  sourceOf: typeof bytesSource,
): Promise<void> {
  const { model, release, files, signal } = options;
  const key = storeKeys.checksums(model, release);
  const text = checksumLines(files);
  const bytes = Buffer.from(text);
  try {
    await putImmutable(
      driver,
      {
        key,
        name: "SHA256SUMS",
        size: bytes.length,
        sha256: sha256(bytes),
        source: sourceOf(bytes, key),
        contentType: "text/plain; charset=utf-8",
      },
      { ...(signal && { signal }), present: here(key) },
    );
  } catch (error) {
    if (codeOf(error) !== "E_EXISTS") throw error;
    const stored = await readObject(driver, key, { maxBytes: MAX_CHECKSUMS_BYTES, signal });
    const lines = new Set(
      Buffer.from(stored?.bytes ?? [])
        .toString("utf8")
        .split("\n"),
    );
    const other = text.split("\n").filter((line) => line !== "" && !lines.has(line));
    const names = other.map((line) => line.slice(66)).join(", ") || "the list of files";
    throw new WeightsError(
      "E_EXISTS",
      `${release} of ${model}: begun at ${driver.url} with other bytes (differs: ${names}): publish under a new version, or remove ${storeKeys.version(model, release)} there if that publish was given up`,
      { cause: error },
    );
  }
}

/** Keys below the prefix, or undefined where the store cannot be listed. */
export async function listPresent(
  driver: Driver,
  prefix: string,
  signal: AbortSignal | undefined,
): Promise<ReadonlySet<string> | undefined> {
  const keys = new Set<string>();
  try {
    for await (const { key } of driver.list(prefix, signal ? { signal } : {})) keys.add(key);
    return keys;
  } catch (error) {
    if (codeOf(error) === "E_AUTH") return undefined;
    if (codeOf(error) === "E_NOT_FOUND") return keys;
    throw error;
  }
}
