import { assetRoutes, storedDownload, webDownload } from "./asset-routes.ts";
import { contentsRoutes } from "./contents-routes.ts";
import { notFound, type GithubAnswer } from "./github-answer.ts";
import type { GithubRequest } from "./github-request.ts";
import type { GithubSetting } from "./github-setting.ts";
import { gitRoutes } from "./git-routes.ts";
import { pullRoutes } from "./pull-routes.ts";
import { releaseRoutes } from "./release-routes.ts";

/** Carries out what is no upload. Nothing in here waits: every request is atomic. */
export function routeGithub(setting: GithubSetting, request: GithubRequest): GithubAnswer {
  if (request.host === "storage") return storedDownload(setting, request);
  const { repository, role } = setting;
  const home = `/${repository.owner}/${repository.name}`;
  if (request.host === "web") {
    const download = `${home}/releases/download/`;
    if (!request.path.startsWith(download)) throw notFound();
    const cut = request.path.lastIndexOf("/");
    const name = request.path.slice(cut + 1);
    return webDownload(setting, request.path.slice(download.length, cut), name);
  }
  const base = `/repos${home}`;
  const isHidden = repository.private && role === "anonymous";
  if (!request.path.startsWith(`${base}/`) || isHidden) throw notFound();
  const answer = route(setting, request, request.path.slice(base.length + 1));
  if (answer === undefined) throw notFound();
  return answer;
}

function route(
  setting: GithubSetting,
  request: GithubRequest,
  path: string,
): GithubAnswer | undefined {
  const asset = /^releases\/assets\/(\d+)$/.exec(path)?.[1];
  if (asset !== undefined) return assetRoutes(setting, request, Number(asset));
  if (path === "releases" || path.startsWith("releases/")) {
    return releaseRoutes(setting, request, path.slice("releases".length));
  }
  if (path.startsWith("contents/")) {
    return contentsRoutes(setting, request, path.slice("contents/".length));
  }
  if (path === "pulls" || path.startsWith("pulls/")) {
    return pullRoutes(setting, request, path.slice("pulls".length));
  }
  return path.startsWith("git/") ? gitRoutes(setting, request, path.slice(3)) : undefined;
}
