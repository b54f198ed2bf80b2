import { randomBytes } from "node:crypto";
import { GithubFailure, invalid, notFound, type GithubAnswer } from "./github-answer.ts";
import type { GithubRelease } from "./github-model.ts";
import type { GithubRequest } from "./github-request.ts";
import type { GithubSetting } from "./github-setting.ts";
import { assetJson, releaseJson } from "./release-json.ts";

/** Releases of the repository; undefined where the path is none of theirs. `path` begins behind `/releases`. */
export function releaseRoutes(
  setting: GithubSetting,
  request: GithubRequest,
  path: string,
): GithubAnswer | undefined {
  const { repository, hosts } = setting;
  const { method, query } = request;
  const ok = (release: GithubRelease, status = 200): GithubAnswer => ({
    status,
    json: releaseJson(repository, release, hosts),
  });
  if (path === "" && method === "GET") {
    const seen = [...repository.releases.values()]
      .filter((release) => !release.draft || setting.role === "owner")
      .reverse();
    return page(
      seen.map((release) => ok(release).json),
      query,
    );
  }
  if (path === "" && method === "POST") return ok(create(setting, request), 201);
  if (path.startsWith("/tags/") && method === "GET") {
    const tag = path.slice("/tags/".length);
    const found = [...repository.releases.values()].find((one) => !one.draft && one.tag === tag);
    if (!found) throw notFound();
    return ok(found);
  }
  const [, id, rest] = /^\/(\d+)(\/assets)?$/.exec(path) ?? [];
  if (id === undefined) return undefined;
  const release = repository.releases.get(Number(id));
  if (!release || (release.draft && setting.role !== "owner")) throw notFound();
  if (rest !== undefined && method === "GET") {
    const assets = [...release.assets.values()];
    return page(
      assets.map((asset) => assetJson(repository, release, asset, hosts)),
      query,
    );
  }
  if (method === "GET") return ok(release);
  setting.expectOwner();
  if (method === "PATCH") return ok(update(setting, request, release));
  if (method !== "DELETE") return undefined;
  repository.releases.delete(release.id);
  if (release.immutable) repository.burnedTags.add(release.tag);
  return { status: 204 };
}

function create(setting: GithubSetting, { json }: GithubRequest): GithubRelease {
  setting.expectOwner();
  const { repository, now } = setting;
  const tag = json["tag_name"];
  if (typeof tag !== "string" || tag === "") throw invalid("Release", "missing_field", "tag_name");
  const isDraft = json["draft"] === true;
  if (!isDraft) checkTag(setting, tag);
  const release: GithubRelease = {
    id: setting.nextId(),
    tag,
    name: String(json["name"] ?? ""),
    body: String(json["body"] ?? ""),
    draft: isDraft,
    prerelease: json["prerelease"] === true,
    immutable: !isDraft && repository.immutableReleases,
    createdAt: now(),
    publishedAt: isDraft ? null : now(),
    assets: new Map(),
    untagged: `untagged-${randomBytes(10).toString("hex")}`,
  };
  repository.releases.set(release.id, release);
  return release;
}

function update(
  setting: GithubSetting,
  { json }: GithubRequest,
  release: GithubRelease,
): GithubRelease {
  const tag = json["tag_name"] === undefined ? release.tag : String(json["tag_name"]);
  if (release.immutable && tag !== release.tag) {
    throw new GithubFailure(422, "tag_name cannot be changed on an immutable release");
  }
  const publishes = release.draft && json["draft"] === false;
  if (publishes) checkTag(setting, tag);
  release.tag = tag;
  if (json["name"] !== undefined) release.name = String(json["name"]);
  if (json["body"] !== undefined) release.body = String(json["body"]);
  if (json["prerelease"] !== undefined) release.prerelease = json["prerelease"] === true;
  if (publishes) {
    release.draft = false;
    release.publishedAt = setting.now();
    release.immutable = setting.repository.immutableReleases;
  }
  return release;
}

/** A tag has one published release, and none again after an immutable one. */
function checkTag({ repository }: GithubSetting, tag: string): void {
  if (repository.burnedTags.has(tag)) {
    const message = "tag_name was used by an immutable release";
    throw invalid("Release", "custom", "tag_name", message);
  }
  for (const { draft, tag: other } of repository.releases.values()) {
    if (!draft && other === tag) throw invalid("Release", "already_exists", "tag_name");
  }
}

/** One page of a listing, with the `Link` header that names the next. */
export function page(items: readonly unknown[], query: URLSearchParams): GithubAnswer {
  const size = Math.min(Number(query.get("per_page") ?? 30), 100);
  const number = Number(query.get("page") ?? 1);
  return { status: 200, json: items.slice((number - 1) * size, number * size) };
}
