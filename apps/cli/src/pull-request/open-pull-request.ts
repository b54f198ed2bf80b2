import type { GithubCall } from "./github-api.ts";

/** A change of one file that people are to look at. */
export interface ProposedChange {
  /** Of the repository. */
  readonly owner: string;
  /** From the repository's root, with slashes. */
  readonly path: string;
  /** The whole file. */
  readonly text: string;
  /** Ours alone: whatever is on it is replaced. */
  readonly branch: string;
  /** The branch that it is for. */
  readonly base: string;
  /** Also the commit's first line. */
  readonly title: string;
  /** Last line of the commit: tells this change from every other. */
  readonly mark: string;
  /** Markdown. */
  readonly body: string;
}

/** The pull request that shows a change now. */
export interface OpenPullRequest {
  readonly number: number;
  readonly url: string;
  readonly state: "opened" | "updated";
}

interface Reference {
  readonly object: { readonly sha: string };
}
interface Commit {
  readonly message: string;
  readonly tree: { readonly sha: string };
  readonly parents: readonly { readonly sha: string }[];
}
interface Pull {
  readonly number: number;
  readonly html_url: string;
}

/**
 * Makes the branch hold the base and this one change, and one open pull request of it. Whoever calls it again with the
 * same change changes nothing but the text; with another one, or when the base has moved on, the branch is made anew.
 * The branch moves by Git's own objects, never through the state of having no difference, in which GitHub closes a pull
 * request. Throws what the calls throw.
 */
export async function openPullRequest(
  call: GithubCall,
  change: ProposedChange,
): Promise<OpenPullRequest> {
  const { owner, branch, base, title, body, mark } = change;
  const start = (await call("GET", `git/ref/heads/${encode(base)}`)) as unknown as Reference;
  const message = `${title}\n\n${mark}`;
  const there = (await call("GET", `git/ref/heads/${encode(branch)}`, undefined, {
    mayBeAbsent: true,
  })) as unknown as Reference | undefined;
  if (!(await isMade(call, there, { message, start }))) {
    const sha = await commit(call, change, { message, start });
    if (there === undefined) await call("POST", "git/refs", { ref: `refs/heads/${branch}`, sha });
    else await call("PATCH", `git/refs/heads/${encode(branch)}`, { sha, force: true });
  }
  const head = encodeURIComponent(`${owner}:${branch}`);
  const open = (await call(
    "GET",
    `pulls?state=open&head=${head}&base=${encodeURIComponent(base)}`,
  )) as unknown as readonly Pull[];
  const [known] = open;
  const pull = (known === undefined
    ? await call("POST", "pulls", { title, head: branch, base, body })
    : await call("PATCH", `pulls/${known.number}`, { title, body })) as unknown as Pull;
  const state = known === undefined ? "opened" : "updated";
  return { number: pull.number, url: pull.html_url, state };
}

/** Whether the branch is this change upon the base as it is now. */
async function isMade(
  call: GithubCall,
  there: Reference | undefined,
  { message, start }: { readonly message: string; readonly start: Reference },
): Promise<boolean> {
  if (there === undefined) return false;
  const last = (await call("GET", `git/commits/${there.object.sha}`)) as unknown as Commit;
  const [parent] = last.parents;
  return last.message === message && parent?.sha === start.object.sha;
}

async function commit(
  call: GithubCall,
  { path, text }: ProposedChange,
  { message, start }: { readonly message: string; readonly start: Reference },
): Promise<string> {
  const parent = start.object.sha;
  const before = (await call("GET", `git/commits/${parent}`)) as unknown as Commit;
  const tree = (await call("POST", "git/trees", {
    base_tree: before.tree.sha,
    tree: [{ path, mode: "100644", type: "blob", content: text }],
  })) as { readonly sha?: string };
  const made = (await call("POST", "git/commits", {
    message,
    tree: tree.sha,
    parents: [parent],
  })) as { readonly sha?: string };
  return made.sha ?? "";
}

const encode = (name: string): string => name.split("/").map(encodeURIComponent).join("/");
