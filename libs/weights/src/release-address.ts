import { objectUrl } from "./connections.ts";

const download =
  /^https:\/\/github\.com\/([^/?#]+)\/([^/?#]+)\/releases\/download\/([^/?#]+)\/([^/?#]+)$/;

/**
 * The same asset of a GitHub release as an object of its store, which is asked with this machine's token: where the
 * repository is private, its page's address leads nowhere. Only for github.com: a manifest must not be able to send the
 * token to another host.
 */
export function releaseAddress(url: string): string | undefined {
  const [, owner, repo, tag, name] = download.exec(url) ?? [];
  if (owner === undefined || repo === undefined || tag === undefined || name === undefined) {
    return undefined;
  }
  try {
    const key = `releases/${decodeURIComponent(tag)}/${decodeURIComponent(name)}`;
    return objectUrl(`github://${owner}/${repo}`, key);
  } catch {
    return undefined;
  }
}
