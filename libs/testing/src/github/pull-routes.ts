import { repositoryUrl } from "./contents-routes.ts";
import { GithubFailure, notFound, type GithubAnswer } from "./github-answer.ts";
import type { GithubPull } from "./github-model.ts";
import type { GithubRequest } from "./github-request.ts";
import type { GithubSetting } from "./github-setting.ts";

/** `…/pulls`: list, open and change pull requests. `path` begins behind `/pulls`. */
export function pullRoutes(
  setting: GithubSetting,
  { method, query, json }: GithubRequest,
  path: string,
): GithubAnswer | undefined {
  const { pulls, owner, branches } = setting.repository;
  if (path === "" && method === "GET") {
    const [state, head, base] = ["state", "head", "base"].map((name) => query.get(name));
    const found = pulls.filter(
      (pull) =>
        (state === "all" || pull.state === (state ?? "open")) &&
        (head === null || head === `${owner}:${pull.head}`) &&
        (base === null || base === pull.base),
    );
    return { status: 200, json: found.map((pull) => pullJson(setting, pull)) };
  }
  setting.expectOwner();
  if (path === "" && method === "POST") {
    const [title, body, head, base] = ["title", "body", "head", "base"].map((name) =>
      String(json[name] ?? ""),
    ) as [string, string, string, string];
    if (!branches.has(head) || !branches.has(base))
      throw new GithubFailure(422, "Validation Failed");
    if (pulls.some((pull) => pull.state === "open" && pull.head === head && pull.base === base)) {
      throw new GithubFailure(422, `A pull request already exists for ${owner}:${head}.`);
    }
    const pull = { number: pulls.length + 1, title, body, head, base, state: "open" } as const;
    pulls.push({ ...pull });
    return { status: 201, json: pullJson(setting, pull) };
  }
  const pull = pulls.find(({ number }) => path === `/${number}`);
  if (pull === undefined) throw notFound();
  if (method !== "PATCH") return undefined;
  for (const name of ["title", "body"] as const) {
    if (json[name] !== undefined) pull[name] = String(json[name]);
  }
  return { status: 200, json: pullJson(setting, pull) };
}

function pullJson(
  setting: GithubSetting,
  { number, title, body, head, base, state }: GithubPull,
): Record<string, unknown> {
  const { owner, name, branches } = setting.repository;
  const side = (ref: string) => ({
    label: `${owner}:${ref}`,
    ref,
    sha: branches.get(ref)?.head ?? "",
  });
  return {
    number,
    url: `${repositoryUrl(setting)}/pulls/${number}`,
    html_url: `${setting.hosts.web}/${owner}/${name}/pull/${number}`,
    state,
    title,
    body,
    head: side(head),
    base: side(base),
  };
}
