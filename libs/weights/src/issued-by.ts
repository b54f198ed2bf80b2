import { hostname, userInfo } from "node:os";

type Env = Readonly<Record<string, string | undefined>>;

/** Longer says nobody who they are. */
const MAX_LENGTH = 300;

/**
 * Who is acting, for a channel's history: in GitHub Actions and GitLab CI the person with the run's URL and the commit,
 * else `user@host`.
 */
export function issuer(env: Env = process.env): string {
  const text =
    inGitHub(env) ??
    inGitLab(env) ??
    `${env["USER"] ?? userName()}@${env["HOSTNAME"] ?? hostname()}`;
  return [...text]
    .filter((letter) => letter >= " ")
    .join("")
    .slice(0, MAX_LENGTH);
}

function inGitHub(env: Env): string | undefined {
  const { GITHUB_ACTOR: actor, GITHUB_RUN_ID: run, GITHUB_REPOSITORY: repository } = env;
  if (actor === undefined || run === undefined || repository === undefined) return undefined;
  const server = env["GITHUB_SERVER_URL"] ?? "https://github.com";
  return withCommit(`${actor} ${server}/${repository}/actions/runs/${run}`, env["GITHUB_SHA"]);
}

function inGitLab(env: Env): string | undefined {
  const { GITLAB_USER_LOGIN: actor, CI_JOB_URL: job } = env;
  if (actor === undefined || job === undefined) return undefined;
  return withCommit(`${actor} ${job}`, env["CI_COMMIT_SHA"]);
}

function withCommit(text: string, commit: string | undefined): string {
  return commit === undefined ? text : `${text} commit ${commit}`;
}

function userName(): string {
  try {
    return userInfo().username;
  } catch {
    return "unknown"; // A container may run under a user id without a name.
  }
}
