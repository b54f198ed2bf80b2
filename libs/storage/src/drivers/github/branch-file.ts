import { createHash } from "node:crypto";

import { isKey } from "../../check-key.ts";
import type { ObjectStat } from "../../driver.ts";
import { StorageError } from "../../error.ts";
import { attempt, orAbsent, statusOf } from "./attempt.ts";
import { home, nameOf, type GithubContext } from "./github-context.ts";
import { branchName } from "./place.ts";

/** A file of the branch as it is now. */
export interface BranchFile {
  readonly stat: ObjectStat;
  /** Undefined where GitHub leaves a large one out. */
  readonly bytes: Buffer | undefined;
}

/** SHA-1 of a file as Git takes it: the token of a branch file. */
export function blobSha(bytes: Uint8Array): string {
  return createHash("sha1").update(`blob ${bytes.length}\0`).update(bytes).digest("hex");
}

/** Asks for a file of the branch; undefined where there is none, or no branch yet. */
export async function findFile(
  context: GithubContext,
  key: string,
  signal?: AbortSignal,
): Promise<BranchFile | undefined> {
  const call = context.octokit.rest.repos.getContent;
  const found = await orAbsent(
    attempt(
      context,
      key,
      (request) => call({ ...home(context), path: key, ref: branchName, request }),
      { signal },
    ),
  );
  const data = found?.data;
  if (data === undefined || Array.isArray(data) || data.type !== "file") return undefined;
  const { size, sha, content, encoding } = data as typeof data & { readonly encoding?: string };
  const bytes = encoding === "base64" ? Buffer.from(content, "base64") : undefined;
  return { stat: { key, size, etag: sha }, bytes };
}

/** The bytes of a file that was found. */
export async function fileBytes(
  context: GithubContext,
  { stat, bytes }: BranchFile,
  signal?: AbortSignal,
): Promise<Buffer> {
  if (bytes !== undefined) return bytes;
  const { data } = await attempt(
    context,
    stat.key,
    (request) =>
      context.octokit.rest.git.getBlob({
        ...home(context),
        file_sha: stat.etag ?? "",
        headers: { accept: "application/vnd.github.raw+json" },
        request,
      }),
    { signal },
  );
  // With that media type the answer is the content itself.
  return Buffer.from(data as unknown as ArrayBuffer);
}

/** Every file of the branch whose path is a key. */
export async function listFiles(
  context: GithubContext,
  key: string,
  signal?: AbortSignal,
): Promise<ObjectStat[]> {
  const call = context.octokit.rest.git.getTree;
  const found = await attempt(
    context,
    key,
    (request) => call({ ...home(context), tree_sha: branchName, recursive: "1", request }),
    { signal },
  ).catch((error: unknown) => {
    // 409: the repository has no commit at all.
    if (statusOf(error) === 404 || statusOf(error) === 409) return undefined;
    throw error;
  });
  if (found?.data.truncated === true) {
    const text = `${nameOf(context, key)}: more files on ${branchName} than GitHub lists`;
    throw new StorageError("E_LIMIT", text);
  }
  return (found?.data.tree ?? []).flatMap(({ type, path = "", size = 0, sha }) =>
    type === "blob" && isKey(path) ? [{ key: path, size, etag: sha }] : [],
  );
}
