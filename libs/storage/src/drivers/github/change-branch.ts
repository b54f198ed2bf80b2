import type { ObjectStat } from "../../driver.ts";
import { StorageError } from "../../error.ts";
import { attempt, statusOf, untilAborted } from "./attempt.ts";
import { blobSha, findFile } from "./branch-file.ts";
import { expectToken, home, nameOf, type GithubContext } from "./github-context.ts";
import { branchName } from "./place.ts";

/** What must be there for a file to be written: nothing, this very content, or whatever there is. */
export type Expected = { readonly absent: true } | { readonly sha: string } | "any";

/** Others change the branch too: each time one of them was faster, the same change is tried again. */
const tries = 12;

const about = `# ${branchName}

Channels and settings of the weights that are published in this repository's releases. Written by
Plimsoll; a published release may never change, so that what moves lies here.
`;

/**
 * Writes a file of the branch as one commit, and makes the branch where there is none. Throws `E_EXISTS` or `E_CONFLICT`
 * where something else is there than was expected.
 */
export async function putFile(
  context: GithubContext,
  key: string,
  bytes: Uint8Array,
  expected: Expected,
  signal?: AbortSignal,
): Promise<ObjectStat> {
  expectToken(context, key);
  checkSize(context, key, bytes);
  return inTurn(context, signal, () => put(context, key, Buffer.from(bytes), expected, signal));
}

/** Removes a file of the branch; one that is absent is no error. */
export async function removeFile(
  context: GithubContext,
  key: string,
  signal?: AbortSignal,
): Promise<void> {
  expectToken(context, key);
  await inTurn(context, signal, async () => {
    for (let count = 1; ; count += 1) {
      const found = await findFile(context, key, signal);
      if (found === undefined) return;
      try {
        await attempt(
          context,
          key,
          (request) =>
            context.octokit.rest.repos.deleteFile({
              ...home(context),
              path: key,
              message: `${key}: removed`,
              branch: branchName,
              sha: found.stat.etag ?? "",
              request,
            }),
          { signal },
        );
        return;
      } catch (error) {
        if (![404, 409, 422].includes(statusOf(error) ?? 0) || count >= tries) throw error;
        await pause(context, count, signal);
      }
    }
  });
}

async function put(
  context: GithubContext,
  key: string,
  bytes: Buffer,
  expected: Expected,
  signal: AbortSignal | undefined,
): Promise<ObjectStat> {
  const ours = blobSha(bytes);
  let wasRetried = false;
  for (let count = 1; ; count += 1) {
    const sha = await expectedSha(context, key, expected, signal);
    // An earlier try may have been carried out and only its answer been lost.
    if (wasRetried && sha.now === ours) return { key, size: bytes.length, etag: ours };
    if (sha.refusal !== undefined) throw sha.refusal;
    try {
      const call = context.octokit.rest.repos.createOrUpdateFileContents;
      await attempt(
        context,
        key,
        (request) =>
          call({
            ...home(context),
            path: key,
            message: `${key}: ${sha.now === undefined ? "created" : "changed"}`,
            content: bytes.toString("base64"),
            branch: branchName,
            ...(sha.now === undefined ? {} : { sha: sha.now }),
            request,
          }),
        { signal, onRetry: () => (wasRetried = true) },
      );
      return { key, size: bytes.length, etag: ours };
    } catch (error) {
      const status = statusOf(error);
      if (![404, 409, 422].includes(status ?? 0) || count >= tries) throw error;
      if (status === 404) await createBranch(context, key, signal);
      else await pause(context, count, signal);
    }
  }
}

interface Found {
  /** Of the file that is there. */
  readonly now: string | undefined;
  readonly refusal?: StorageError;
}

/** GitHub does not look at the SHA of a file that is absent, so that the file is looked at before. */
async function expectedSha(
  context: GithubContext,
  key: string,
  expected: Expected,
  signal: AbortSignal | undefined,
): Promise<Found> {
  const now = (await findFile(context, key, signal))?.stat.etag;
  const what = nameOf(context, key);
  if (expected === "any") return { now };
  if ("absent" in expected) {
    if (now === undefined) return { now };
    const text = `${what}: exists already and is not overwritten`;
    return { now, refusal: new StorageError("E_EXISTS", text) };
  }
  if (now === expected.sha) return { now };
  const text = `${what}: ${now === undefined ? "is not there" : "was changed by someone else"}; read it and try again`;
  return { now, refusal: new StorageError("E_CONFLICT", text) };
}

/** A branch with a history of its own: it has nothing to do with the code beside it. */
async function createBranch(
  context: GithubContext,
  key: string,
  signal: AbortSignal | undefined,
): Promise<void> {
  const { git } = context.octokit.rest;
  const at = home(context);
  const options = { signal };
  try {
    const tree = [
      { path: ".github/README.md", mode: "100644", type: "blob", content: about },
    ] as const;
    const made = await attempt(
      context,
      key,
      (request) => git.createTree({ ...at, tree: [...tree], request }),
      options,
    );
    const message = "Channels and settings";
    const commit = await attempt(
      context,
      key,
      (request) => git.createCommit({ ...at, message, tree: made.data.sha, parents: [], request }),
      options,
    );
    const ref = `refs/heads/${branchName}`;
    await attempt(
      context,
      key,
      (request) => git.createRef({ ...at, ref, sha: commit.data.sha, request }),
      options,
    );
  } catch (error) {
    // 422: somebody else has just made it.
    if (statusOf(error) === 422) return;
    if (statusOf(error) !== 409) throw error;
    const text = `${nameOf(context, key)}: the repository has no commit yet: push one, then run again`;
    throw new StorageError("E_USAGE", text, { cause: error });
  }
}

async function inTurn<T>(
  context: GithubContext,
  signal: AbortSignal | undefined,
  act: () => Promise<T>,
): Promise<T> {
  const turn = context.branchTurn.then(async () => {
    signal?.throwIfAborted();
    return act();
  });
  context.branchTurn = turn.catch(() => undefined);
  return untilAborted(turn, signal);
}

async function pause(
  { driver }: GithubContext,
  count: number,
  signal: AbortSignal | undefined,
): Promise<void> {
  await driver.sleep(Math.min(100 * 2 ** count, 5000) * (0.5 + driver.random() / 2), signal);
}

function checkSize(context: GithubContext, key: string, bytes: Uint8Array): void {
  const most = context.tuning.maxFileBytes;
  if (bytes.length <= most) return;
  throw new StorageError(
    "E_SIZE",
    `${nameOf(context, key)}: ${bytes.length} bytes; outside of a version's release GitHub keeps files up to ${most}`,
  );
}
