import type { AssetShelf } from "./asset-bytes.ts";
import type { GithubCaps, GithubRepository, GithubRole } from "./github-model.ts";
import type { GithubHosts } from "./release-json.ts";

/** What a request is carried out with. */
export interface GithubSetting {
  readonly repository: GithubRepository;
  readonly hosts: GithubHosts;
  readonly caps: GithubCaps;
  readonly role: GithubRole;
  readonly shelf: AssetShelf;
  now(): Date;
  nextId(): number;
  /** Throws unless the token may write. */
  expectOwner(): void;
}
