import type { AssetBytes } from "./asset-bytes.ts";

/** A file of a release. A `starter` is what an upload leaves that did not end: it blocks its name. */
export interface GithubAsset {
  readonly id: number;
  name: string;
  label: string;
  state: "starter" | "uploaded";
  readonly contentType: string;
  size: number;
  /** `sha256:<hex>`; null on a starter. */
  digest: string | null;
  bytes: AssetBytes | undefined;
  readonly createdAt: Date;
}

export interface GithubRelease {
  readonly id: number;
  tag: string;
  name: string;
  body: string;
  draft: boolean;
  prerelease: boolean;
  /** Frozen when it was published. */
  immutable: boolean;
  readonly createdAt: Date;
  publishedAt: Date | null;
  readonly assets: Map<number, GithubAsset>;
  /** Stands in the URLs of a draft's assets. */
  readonly untagged: string;
}

export interface GithubBlob {
  readonly sha: string;
  readonly bytes: Buffer;
}

/** A branch is its files; every change is a new head. */
export interface GithubBranch {
  head: string;
  readonly files: Map<string, GithubBlob>;
}

/** What a commit says of itself; its files are in `objects`. */
export interface GithubCommit {
  readonly tree: string;
  readonly parents: readonly string[];
  readonly message: string;
}

export interface GithubPull {
  readonly number: number;
  title: string;
  body: string;
  /** Branches of this repository. */
  readonly head: string;
  readonly base: string;
  state: "open" | "closed";
}

export interface GithubRepository {
  readonly owner: string;
  readonly name: string;
  readonly private: boolean;
  /** Whether a release is frozen by publishing it. */
  immutableReleases: boolean;
  readonly releases: Map<number, GithubRelease>;
  readonly branches: Map<string, GithubBranch>;
  /** Trees and commits that no branch has yet, by SHA. */
  readonly objects: Map<string, ReadonlyMap<string, GithubBlob>>;
  /** By SHA; heads that were there from the start or moved by `contents` have none. */
  readonly commits: Map<string, GithubCommit>;
  readonly pulls: GithubPull[];
  /** Tags that were used by an immutable release that is gone. */
  readonly burnedTags: Set<string>;
}

/** What GitHub allows. */
export interface GithubCaps {
  /** Default 2 GiB - 1. */
  readonly maxAssetBytes: number;
  /** Default 1000. */
  readonly maxAssets: number;
}

/** How a token stands to the repository. */
export type GithubRole = "owner" | "reader" | "anonymous";
