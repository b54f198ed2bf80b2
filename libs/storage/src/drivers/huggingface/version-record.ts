import { StorageError } from "../../error.ts";
import { HttpError } from "../../http/http-error.ts";
import { retryRequest } from "../../http/retry-request.ts";
import { fileLine, type CommitLine } from "./commit-lines.ts";
import { resolveUrl, type HubContext } from "./hub-context.ts";
import { recordPath, type VersionName } from "./version-key.ts";

/** A file of a version as its record names it. */
export interface RecordedFile {
  readonly size: number;
  /** SHA-256 of an LFS object, git's SHA-1 of a small file. */
  readonly oid: string;
  readonly lfs: boolean;
}

/** The files of a version by their path at the repository's root. */
export type VersionRecord = ReadonlyMap<string, RecordedFile>;

/** Larger ones are no list of 10,000 files. */
const maxFileBytes = 8 * 2 ** 20;

/** The record as a line of a commit, or its removal where no file is left. */
export function recordLine(name: VersionName, record: VersionRecord): CommitLine {
  const path = recordPath(name);
  if (record.size === 0) return { key: "deletedFile", value: { path } };
  const files = Object.fromEntries([...record].sort(([a], [b]) => (a < b ? -1 : 1)));
  return fileLine(path, Buffer.from(`${JSON.stringify({ files }, undefined, 2)}\n`));
}

/** The record of a version in a revision, or undefined where it has none. Throws `E_SIZE` for what is no record. */
export async function readRecord(
  context: HubContext,
  revision: string,
  name: VersionName,
  signal?: AbortSignal,
): Promise<VersionRecord | undefined> {
  const path = recordPath(name);
  const bytes = await readSmall(context, revision, path, signal);
  if (bytes === undefined) return undefined;
  try {
    const { files } = JSON.parse(bytes.toString("utf8")) as {
      readonly files: Readonly<Record<string, RecordedFile>>;
    };
    const record = new Map(Object.entries(files));
    for (const { size, oid, lfs } of record.values()) {
      const isFile = Number.isSafeInteger(size) && typeof lfs === "boolean";
      if (!isFile || !/^[0-9a-f]{40,64}$/.test(oid)) throw new Error("not a file of a version");
    }
    return record;
  } catch (cause) {
    const text = `hf://${context.repo}: ${path} is no list of files: publish the version again`;
    throw new StorageError("E_SIZE", text, { cause });
  }
}

/** A small file of a revision, whole; undefined where it is absent. */
export async function readSmall(
  context: HubContext,
  revision: string,
  path: string,
  signal?: AbortSignal,
): Promise<Buffer | undefined> {
  const { client, settings } = context;
  const url = resolveUrl(context, revision, path);
  const act = async (): Promise<Buffer> => {
    const parts: Buffer[] = [];
    let size = 0;
    const reply = await client.request(url, signal === undefined ? {} : { signal });
    for await (const part of reply.body) {
      size += part.length;
      if (size > maxFileBytes) {
        throw new StorageError("E_SIZE", `${url}: more than ${maxFileBytes} bytes`);
      }
      parts.push(part);
    }
    return Buffer.concat(parts);
  };
  try {
    return await retryRequest(act, { ...settings, signal });
  } catch (error) {
    if (error instanceof HttpError && error.code === "E_NOT_FOUND") return undefined;
    throw error;
  }
}
