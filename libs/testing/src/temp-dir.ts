import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** A folder of a test's own; `await using` removes it with what is in it. */
export interface TempDir {
  readonly path: string;
  /** A path inside it. */
  join(...segments: readonly string[]): string;
  remove(): Promise<void>;
  [Symbol.asyncDispose](): Promise<void>;
}

/** Makes a new empty folder below the system's folder for temporary files. */
export async function tempDir(): Promise<TempDir> {
  const path = await mkdtemp(join(tmpdir(), "plimsoll-test-"));
  const remove = (): Promise<void> => rm(path, { recursive: true, force: true });
  return {
    path,
    join: (...segments) => join(path, ...segments),
    remove,
    [Symbol.asyncDispose]: remove,
  };
}
