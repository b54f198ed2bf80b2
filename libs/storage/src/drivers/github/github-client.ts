import { Octokit } from "@octokit/rest";

import type { GithubSettings } from "./github-settings.ts";

const nothing = (): void => undefined;

/** The SDK for one host. It retries nothing and writes no log: both are this driver's business. */
export function githubClient(settings: GithubSettings, onRequest: () => void): Octokit {
  const octokit = new Octokit({
    baseUrl: settings.api,
    userAgent: "plimsoll",
    ...(settings.token === undefined ? {} : { auth: settings.token }),
    log: { debug: nothing, info: nothing, warn: nothing, error: nothing },
  });
  octokit.hook.before("request", onRequest);
  return octokit;
}
