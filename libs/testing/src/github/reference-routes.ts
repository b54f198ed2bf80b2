import { repositoryUrl } from "./contents-routes.ts";
import { GithubFailure, notFound, type GithubAnswer } from "./github-answer.ts";
import type { GithubRequest } from "./github-request.ts";
import type { GithubSetting } from "./github-setting.ts";

/** `…/git/ref/heads/<branch>` and the change of `…/git/refs/heads/<branch>`. */
export function referenceRoutes(
  setting: GithubSetting,
  { method, json }: GithubRequest,
  path: string,
): GithubAnswer | undefined {
  const name = /^\/refs?\/heads\/(.+)$/.exec(path)?.[1];
  if (name === undefined) return undefined;
  const { branches, objects, commits, pulls } = setting.repository;
  const branch = branches.get(name);
  if (method === "GET") {
    if (branch === undefined) throw notFound();
    return { status: 200, json: referenceJson(setting, `refs/heads/${name}`, branch.head) };
  }
  if (method !== "PATCH") return undefined;
  setting.expectOwner();
  if (branch === undefined) throw new GithubFailure(422, "Reference does not exist");
  const sha = String(json["sha"]);
  const files = objects.get(sha);
  if (files === undefined) throw new GithubFailure(422, "Object does not exist");
  const isForward = commits.get(sha)?.parents.includes(branch.head) ?? false;
  if (json["force"] !== true && !isForward) {
    throw new GithubFailure(422, "Update is not a fast forward");
  }
  branches.set(name, { head: sha, files: new Map(files) });
  // A pull request without any difference is closed.
  for (const pull of pulls) {
    if (pull.head === name && branches.get(pull.base)?.head === sha) pull.state = "closed";
  }
  return { status: 200, json: referenceJson(setting, `refs/heads/${name}`, sha) };
}

/** A reference as GitHub answers it. */
export function referenceJson(
  setting: GithubSetting,
  ref: string,
  sha: string,
): Record<string, unknown> {
  const base = `${repositoryUrl(setting)}/git`;
  const object = { type: "commit", sha, url: `${base}/commits/${sha}` };
  return { ref, node_id: `REF_${ref}`, url: `${base}/${ref}`, object };
}
