import type { ByteSource } from "../../byte-source.ts";
import type { ObjectStat, SwapOptions, WriteOptions } from "../../driver.ts";
import { StorageError } from "../../error.ts";
import { bytesSource } from "../../bytes-source.ts";
import { commitPlanned } from "./commit-lines.ts";
import { filesInfo } from "./find-version.ts";
import { nameOf, type HubContext } from "./hub-context.ts";
import { exists } from "./stage.ts";
import { uploadContent } from "./upload-content.ts";

/** Stores what belongs to no version: a file of the branch under its key, in a commit of its own. */
export async function writeDocument(
  context: HubContext,
  key: string,
  source: ByteSource,
  options: WriteOptions,
): Promise<ObjectStat> {
  const { signal, onlyIfAbsent } = options;
  return putDocument(context, key, source, options, (etag, own) => {
    if (onlyIfAbsent === true && etag !== undefined) throw exists(context, key);
    signal?.throwIfAborted();
    return etag !== own;
  });
}

/** Replaces a document if it is the one that the caller read; the hub compares the commit that this was looked up in. */
export async function swapDocument(
  context: HubContext,
  key: string,
  bytes: Uint8Array,
  { expected, signal }: SwapOptions,
): Promise<ObjectStat> {
  const options = signal === undefined ? {} : { signal };
  return putDocument(context, key, bytesSource(bytes, key), options, (etag, own) => {
    if (etag !== (expected ?? undefined)) {
      const text = `${nameOf(context, key)}: changed meanwhile; read it again`;
      throw new StorageError("E_CONFLICT", text);
    }
    return etag !== own;
  });
}

/** `isWanted` gets the token of what is there and of what is to be written, and throws where that must not be. */
async function putDocument(
  context: HubContext,
  key: string,
  source: ByteSource,
  options: WriteOptions,
  isWanted: (etag: string | undefined, own: string) => boolean,
): Promise<ObjectStat> {
  const { signal } = options;
  const { line, oid, size, sha256 } = await uploadContent(context, key, source, options);
  await context.turn(() =>
    commitPlanned(
      context,
      async (head) => {
        const [info] = await filesInfo(context, head, [key], { signal });
        if (!isWanted(info?.lfs?.oid ?? info?.oid, oid)) return undefined;
        return { title: `Update ${key}`, lines: [line] };
      },
      signal,
    ),
  );
  return { key, size, etag: oid, sha256 };
}

/** Removes a document; an absent one needs no commit. */
export async function removeDocument(
  context: HubContext,
  key: string,
  signal: AbortSignal | undefined,
): Promise<void> {
  signal?.throwIfAborted();
  await context.turn(() =>
    commitPlanned(
      context,
      async (head) => {
        const [info] = await filesInfo(context, head, [key], { signal });
        if (info === undefined) return undefined;
        return { title: `Remove ${key}`, lines: [{ key: "deletedFile", value: { path: key } }] };
      },
      signal,
    ),
  );
}
