import { mkdir, open, readdir, readFile, rename, rm } from "node:fs/promises";
import { join } from "node:path";
import { parseJson, sha256 } from "@plimsoll/manifest";
import { PipelineError } from "../error.ts";
import { readRecord, recordBytes, type SampleRecord } from "./sample-record.ts";

/** Errors of a file system mean that the disk refuses; they are of another realm in some hosts, so the code tells. */
function diskProblem(error: unknown, path: string): unknown {
  const code = (error as { readonly code?: unknown }).code;
  if (typeof code !== "string" || code.startsWith("E_")) return error;
  const reason = code === "ENOSPC" || code === "EDQUOT" ? "the disk is full" : code;
  return new PipelineError(
    "E_DISK",
    `${path}: ${reason}; nothing was taken, free space and send again`,
    {
      cause: error,
    },
  );
}

async function writeWhole(path: string, bytes: Uint8Array): Promise<void> {
  const part = `${path}.part`;
  try {
    const file = await open(part, "w", 0o600);
    try {
      await file.writeFile(bytes);
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(part, path);
  } catch (error) {
    await rm(part, { force: true }).catch(() => undefined);
    throw diskProblem(error, path);
  }
}

/**
 * Samples on the local disk that have not reached the store yet: `<model>/<sha256>.bin`, and after that `….json`, which
 * makes it count. They survive a restart.
 */
export class Spool {
  readonly dir: string;

  constructor(dir: string) {
    this.dir = dir;
  }

  /** Throws `E_DISK`. */
  async keep(record: SampleRecord, bytes: Uint8Array): Promise<void> {
    const folder = join(this.dir, record.model);
    await mkdir(folder, { recursive: true, mode: 0o700 }).catch((error: unknown) => {
      throw diskProblem(error, folder);
    });
    const stem = join(folder, record.sha256);
    try {
      await writeWhole(`${stem}.bin`, bytes);
      await writeWhole(`${stem}.json`, recordBytes(record));
    } catch (error) {
      await rm(`${stem}.bin`, { force: true }).catch(() => undefined);
      throw error;
    }
  }

  async drop({ model, sha256: digest }: SampleRecord): Promise<void> {
    const stem = join(this.dir, model, digest);
    // The record goes first: what is left of a crash between the two is only bytes, which the next listing removes.
    await rm(`${stem}.json`, { force: true });
    await rm(`${stem}.bin`, { force: true });
  }

  /** Puts a sample aside that the store will never take. */
  async refuse({ model, sha256: digest }: SampleRecord): Promise<void> {
    const folder = join(this.dir, model, "refused");
    await mkdir(folder, { recursive: true, mode: 0o700 });
    for (const end of [".bin", ".json"]) {
      await rename(join(this.dir, model, digest + end), join(folder, digest + end)).catch(
        () => undefined,
      );
    }
  }

  /** What waits, oldest first. A file that is damaged is put aside. */
  async waiting(): Promise<SampleRecord[]> {
    const found: SampleRecord[] = [];
    for (const model of await names(this.dir)) {
      const folder = join(this.dir, model);
      for (const name of await names(folder)) {
        if (!/^[0-9a-f]{64}\.json$/.test(name)) continue;
        const bytes = await readFile(join(folder, name)).catch(() => undefined);
        const record = bytes && readRecord(quietly(() => parseJson(bytes)));
        if (record !== undefined) found.push(record);
      }
    }
    return found.sort((a, b) => (a.uploaded_at < b.uploaded_at ? -1 : 1));
  }

  /** The bytes of a record, or undefined where they are not what was kept. */
  async bytes({ model, sha256: digest }: SampleRecord): Promise<Uint8Array | undefined> {
    const bytes = await readFile(join(this.dir, model, `${digest}.bin`)).catch(() => undefined);
    return bytes !== undefined && sha256(bytes) === digest ? bytes : undefined;
  }
}

async function names(folder: string): Promise<string[]> {
  return (await readdir(folder).catch(() => [])).sort();
}

function quietly<Result>(act: () => Result): Result | undefined {
  try {
    return act();
  } catch {
    return undefined;
  }
}
