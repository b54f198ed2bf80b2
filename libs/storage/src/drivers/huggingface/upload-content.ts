import { createHash } from "node:crypto";
import { uploadFiles } from "@huggingface/hub";

import type { ByteSource } from "../../byte-source.ts";
import type { WriteOptions } from "../../driver.ts";
import { StorageError } from "../../error.ts";
import type { CommitLine } from "./commit-lines.ts";
import type { HubContext } from "./hub-context.ts";
import { hubFetch } from "./hub-fetch.ts";
import { SourceBlob } from "./source-blob.ts";

/** A file whose bytes the hub has, or that goes into the commit itself, being small. */
export interface UploadedFile {
  readonly line: CommitLine;
  readonly size: number;
  /** SHA-256 of an LFS object, git's own SHA-1 of a small file: what the hub states of it later. */
  readonly oid: string;
  readonly lfs: boolean;
  readonly sha256: string;
}

/**
 * Sends a file by the hub's own client: it asks how the hub wants it, hashes it, and uploads what is LFS. The client
 * would commit it at once; that request is taken out here, so that a version's files go into one commit.
 */
export async function uploadContent(
  context: HubContext,
  path: string,
  source: ByteSource,
  { signal, sha256, onProgress }: WriteOptions,
): Promise<UploadedFile> {
  signal?.throwIfAborted();
  const blob = new SourceBlob({ source, signal, onBytes: undefined, fault: undefined });
  const { endpoint, repo, branch, token } = context;
  const call = hubFetch(context, signal);
  let line: CommitLine | undefined;
  let sent = 0;
  const refuse = (actual: string): StorageError => {
    const text = `${source.label}: ${sha256} announced, ${actual} read; nothing was stored`;
    return new StorageError("E_DIGEST", text);
  };
  const watched: typeof fetch = async (input, init) => {
    const url = String(input);
    const body = typeof init?.body === "string" ? init.body : "";
    if (url.startsWith(`${endpoint}/api/models/${repo}/commit/`)) {
      line = JSON.parse(body.slice(body.indexOf("\n") + 1)) as CommitLine;
      return Response.json({ commitOid: "", commitUrl: "" });
    }
    if (url.startsWith(`${endpoint}/${repo}.git/`)) {
      const { objects } = JSON.parse(body) as { objects: readonly { readonly oid: string }[] };
      const actual = objects[0]?.oid ?? "";
      if (sha256 !== undefined && actual !== sha256) throw refuse(actual);
      blob.passage.onBytes = (count) => {
        sent = Math.min(sent + count, source.size);
        onProgress?.(sent);
      };
    }
    return call(input, init);
  };
  try {
    await uploadFiles({
      repo,
      hubUrl: endpoint,
      branch,
      files: [{ path, content: blob }],
      fetch: watched,
      // Git LFS, which the hub takes from every client, and not Xet: no server of that can be had for tests.
      useXet: false,
      ...(token === undefined ? {} : { accessToken: token }),
      ...(signal && { abortSignal: signal }),
    });
  } catch (error) {
    signal?.throwIfAborted();
    throw blob.passage.fault ?? error;
  }
  if (line === undefined) throw new StorageError("E_NETWORK", `${path}: the client sent no commit`);
  const uploaded = describe(line, source.size);
  if (sha256 !== undefined && uploaded.sha256 !== sha256) throw refuse(uploaded.sha256);
  if (sent !== source.size) onProgress?.(source.size);
  return uploaded;
}

function describe(line: CommitLine, size: number): UploadedFile {
  if (line.key === "lfsFile") {
    const { oid } = line.value;
    return { line, size, oid, lfs: true, sha256: oid };
  }
  if (line.key !== "file") throw new StorageError("E_NETWORK", "the client sent another commit");
  const bytes = Buffer.from(line.value.content, "base64");
  const sha256 = createHash("sha256").update(bytes).digest("hex");
  return { line, size, oid: blobOid(bytes), lfs: false, sha256 };
}

/** Git's name of a file's content. */
export function blobOid(bytes: Uint8Array): string {
  return createHash("sha1").update(`blob ${bytes.byteLength}\0`).update(bytes).digest("hex");
}
