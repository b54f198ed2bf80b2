import type { GithubAsset, GithubRelease, GithubRepository } from "./github-model.ts";

/** Where the server's hosts are. */
export interface GithubHosts {
  /** `http://127.0.0.1:<port>/api/v3` */
  readonly api: string;
  readonly uploads: string;
  /** Pages and `browser_download_url`s. */
  readonly web: string;
  /** Where a download ends. */
  readonly storage: string;
}

/** A release as GitHub writes it. */
export function releaseJson(
  repository: GithubRepository,
  release: GithubRelease,
  hosts: GithubHosts,
): Record<string, unknown> {
  const base = `${hosts.api}/repos/${repository.owner}/${repository.name}`;
  const page = `${hosts.web}/${repository.owner}/${repository.name}/releases`;
  const url = `${base}/releases/${release.id}`;
  const shown = release.draft ? release.untagged : encodeURIComponent(release.tag);
  return {
    url,
    assets_url: `${url}/assets`,
    upload_url: `${hosts.uploads}/repos/${repository.owner}/${repository.name}/releases/${release.id}/assets{?name,label}`,
    html_url: `${page}/tag/${shown}`,
    id: release.id,
    author: userJson(repository.owner, hosts),
    node_id: `RE_${release.id}`,
    tag_name: release.tag,
    target_commitish: "main",
    name: release.name,
    draft: release.draft,
    immutable: release.immutable,
    prerelease: release.prerelease,
    created_at: release.createdAt.toISOString(),
    updated_at: release.createdAt.toISOString(),
    published_at: release.publishedAt?.toISOString() ?? null,
    assets: [...release.assets.values()].map((asset) =>
      assetJson(repository, release, asset, hosts),
    ),
    tarball_url: release.draft ? null : `${base}/tarball/${shown}`,
    zipball_url: release.draft ? null : `${base}/zipball/${shown}`,
    body: release.body,
  };
}

/** An asset as GitHub writes it. */
export function assetJson(
  repository: GithubRepository,
  release: GithubRelease,
  asset: GithubAsset,
  hosts: GithubHosts,
): Record<string, unknown> {
  const { owner, name } = repository;
  const tag = release.draft ? release.untagged : encodeURIComponent(release.tag);
  return {
    url: `${hosts.api}/repos/${owner}/${name}/releases/assets/${asset.id}`,
    id: asset.id,
    node_id: `RA_${asset.id}`,
    name: asset.name,
    label: asset.label,
    uploader: userJson(owner, hosts),
    content_type: asset.contentType,
    state: asset.state,
    size: asset.size,
    digest: asset.digest,
    download_count: 0,
    created_at: asset.createdAt.toISOString(),
    updated_at: asset.createdAt.toISOString(),
    browser_download_url: `${hosts.web}/${owner}/${name}/releases/download/${tag}/${encodeURIComponent(asset.name)}`,
  };
}

/** An account as GitHub writes it. */
export function userJson(login: string, { api, web }: GithubHosts): Record<string, unknown> {
  const url = `${api}/users/${login}`;
  return {
    login,
    id: 1,
    node_id: "U_1",
    avatar_url: `${web}/avatars/1`,
    gravatar_id: "",
    url,
    html_url: `${web}/${login}`,
    followers_url: `${url}/followers`,
    following_url: `${url}/following{/other_user}`,
    gists_url: `${url}/gists{/gist_id}`,
    starred_url: `${url}/starred{/owner}{/repo}`,
    subscriptions_url: `${url}/subscriptions`,
    organizations_url: `${url}/orgs`,
    repos_url: `${url}/repos`,
    events_url: `${url}/events{/privacy}`,
    received_events_url: `${url}/received_events`,
    type: "User",
    user_view_type: "public",
    site_admin: false,
  };
}
