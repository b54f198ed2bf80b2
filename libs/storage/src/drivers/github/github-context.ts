import type { Octokit, RestEndpointMethodTypes } from "@octokit/rest";

import { StorageError } from "../../error.ts";
import type { HttpClient } from "../../http/http-client.ts";
import type { DriverSettings } from "../driver-factory.ts";
import type { GithubSettings } from "./github-settings.ts";
import type { GithubTuning } from "./github-tuning.ts";
import type { VersionId } from "./place.ts";

/** A release as GitHub answers it. */
export type Release = RestEndpointMethodTypes["repos"]["getRelease"]["response"]["data"];
/** An asset as GitHub answers it. */
export type Asset = RestEndpointMethodTypes["repos"]["getReleaseAsset"]["response"]["data"];

/** A release with all of its assets, also those whose upload did not end. */
export interface ReleaseView {
  readonly release: Release;
  readonly assets: readonly Asset[];
}

/** What every call to an open store works with. */
export interface GithubContext {
  readonly settings: GithubSettings;
  readonly driver: DriverSettings;
  readonly tuning: GithubTuning;
  readonly octokit: Octokit;
  readonly http: HttpClient;
  /** Releases that this store writes to, by version: found or made once. */
  readonly opened: Map<string, Promise<Release>>;
  /** Last looks at releases, by version. */
  readonly views: Map<
    string,
    { readonly at: number; readonly view: Promise<ReleaseView | undefined> }
  >;
  /** Signed addresses of private assets, by id. */
  readonly signed: Map<number, { readonly at: number; readonly url: string }>;
  /** Ends when the last change of the branch has ended: GitHub wants them one after the other. */
  branchTurn: Promise<unknown>;
  /** Whether the host of public downloads has refused what the API has. */
  isPrivate: boolean;
}

/** Owner and repository as the SDK's calls take them. */
export function home({ settings }: GithubContext): { owner: string; repo: string } {
  return { owner: settings.owner, repo: settings.repo };
}

/** A key as a person is told of it. */
export function nameOf({ settings }: GithubContext, key: string): string {
  return `github://${settings.owner}/${settings.repo}/${key}`;
}

export function versionName({ model, version }: VersionId): string {
  return `${model}/${version}`;
}

/** Throws `E_AUTH` where nothing can be written for want of a token, before anything is asked. */
export function expectToken(context: GithubContext, key: string): void {
  if (context.settings.token !== undefined) return;
  throw new StorageError(
    "E_AUTH",
    `${nameOf(context, key)}: cannot be written without GITHUB_TOKEN (contents: write)`,
  );
}
