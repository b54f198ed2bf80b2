import { HttpError } from "../../http/http-error.ts";
import type { HubContext } from "./hub-context.ts";
import { callHub } from "./hub-fetch.ts";

/** One change of a commit, as the hub's API takes it. */
export type CommitLine =
  | {
      readonly key: "file";
      readonly value: {
        readonly path: string;
        readonly content: string;
        readonly encoding: "base64";
      };
    }
  | {
      readonly key: "lfsFile";
      readonly value: {
        readonly path: string;
        readonly algo: "sha256";
        readonly size: number;
        readonly oid: string;
      };
    }
  | { readonly key: "deletedFile"; readonly value: { readonly path: string } };

/** What shall be committed on top of a certain commit. */
export interface CommitPlan {
  readonly title: string;
  readonly lines: readonly CommitLine[];
}

/** A lost race is tried again so often. */
const tries = 40;

/** A small file as a line of a commit. */
export function fileLine(path: string, bytes: Uint8Array): CommitLine {
  const content = Buffer.from(bytes).toString("base64");
  return { key: "file", value: { path, content, encoding: "base64" } };
}

/** The commit that a branch or tag names; throws `E_NOT_FOUND` where there is none. */
export async function commitOf(
  context: HubContext,
  revision: string,
  signal?: AbortSignal,
): Promise<string> {
  const path = `revision/${encodeURIComponent(revision)}`;
  const response = await callHub(context, path, { method: "GET" }, signal);
  return ((await response.json()) as { readonly sha: string }).sha;
}

/**
 * Commits what `plan` wants done to the branch's head, with that head as the parent that the hub compares. Where
 * somebody else was faster, `plan` is asked again for the new head; undefined means that nothing is left to do. Gives
 * the commit's 40 hex digits.
 */
export async function commitPlanned(
  context: HubContext,
  plan: (head: string) => Promise<CommitPlan | undefined>,
  signal?: AbortSignal,
): Promise<string | undefined> {
  const { sleep, random } = context.settings;
  for (let attempt = 1; ; attempt += 1) {
    const head = await commitOf(context, context.branch, signal);
    const planned = await plan(head);
    if (planned === undefined) return undefined;
    try {
      return await commit(context, head, planned, signal);
    } catch (error) {
      const isLost = error instanceof HttpError && error.status === 412;
      if (!isLost || attempt >= tries) throw error;
      await sleep(random() * 50 * Math.min(attempt, 20), signal);
    }
  }
}

async function commit(
  context: HubContext,
  parentCommit: string,
  { title, lines }: CommitPlan,
  signal?: AbortSignal,
): Promise<string> {
  const header = { key: "header", value: { summary: title, description: "", parentCommit } };
  const body = [header, ...lines].map((line) => JSON.stringify(line)).join("\n");
  const path = `commit/${encodeURIComponent(context.branch)}`;
  const headers = { "content-type": "application/x-ndjson" };
  const response = await callHub(context, path, { method: "POST", headers, body }, signal);
  return ((await response.json()) as { readonly commitOid: string }).commitOid;
}
