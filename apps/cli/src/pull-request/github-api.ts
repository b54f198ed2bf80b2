import { CliError } from "../error.ts";
import { oneLine } from "../text/one-line.ts";

/** How GitHub's API is reached. */
export interface GithubApiOptions {
  /** `https://api.github.com`. */
  readonly api: string;
  /** `owner/name`. */
  readonly repository: string;
  readonly token: string;
  readonly signal?: AbortSignal;
  readonly fetch?: typeof fetch;
}

/** One call of the API below `/repos/<owner>/<name>/`; gives the answer's JSON, undefined for a 404 where that may be. */
export type GithubCall = (
  method: string,
  path: string,
  body?: object,
  options?: { readonly mayBeAbsent?: boolean },
) => Promise<Readonly<Record<string, unknown>> | undefined>;

const timeoutMs = 30_000;

/** What GitHub says where the repository's settings forbid it; the message alone does not say where to look. */
const forbidsPulls =
  "allow it in the repository's Settings, Actions, General: “Allow GitHub Actions to create and approve pull requests”";

/**
 * Calls of GitHub's REST API for one repository. The token goes to that origin only: redirects are refused.
 *
 * The call throws CliError `E_USAGE` for an address or a name that is none, `E_AUTH` for 401 and 403, `E_NOT_FOUND` for
 * 404, `E_NETWORK` for everything else that is no success.
 */
export function githubApi(options: GithubApiOptions): GithubCall {
  const { api, repository, token, signal } = options;
  const send = options.fetch ?? fetch;
  if (!/^[A-Za-z0-9-]+\/[A-Za-z0-9._-]+$/.test(repository)) {
    throw new CliError(
      "E_USAGE",
      `GITHUB_REPOSITORY: "${oneLine(repository, 100)}" is not owner/name`,
    );
  }
  const base = URL.canParse(api) ? new URL(api) : undefined;
  const isSafe =
    base?.protocol === "https:" ||
    (base?.protocol === "http:" && /^(?:127\.|localhost$|\[::1\]$)/.test(base.hostname));
  if (!isSafe) throw new CliError("E_USAGE", `GITHUB_API_URL: "${oneLine(api, 100)}" is not https`);

  return async (method, path, body, { mayBeAbsent = false } = {}) => {
    const place = `${method} /repos/${repository}/${path}`;
    const url = `${api.replace(/\/+$/, "")}/repos/${repository}/${path}`;
    const timeout = AbortSignal.timeout(timeoutMs);
    let response: Response;
    try {
      response = await send(url, {
        method,
        redirect: "error",
        signal: signal ? AbortSignal.any([signal, timeout]) : timeout,
        headers: {
          accept: "application/vnd.github+json",
          authorization: `Bearer ${token}`,
          "x-github-api-version": "2022-11-28",
          "user-agent": "plimsoll",
          ...(body && { "content-type": "application/json" }),
        },
        ...(body && { body: JSON.stringify(body) }),
      });
    } catch (cause) {
      signal?.throwIfAborted();
      throw new CliError("E_NETWORK", `${place}: GitHub did not answer: ${String(cause)}`, {
        cause,
      });
    }
    if (response.status === 404 && mayBeAbsent) return undefined;
    const answer = (await response.json().catch(() => ({}))) as Readonly<Record<string, unknown>>;
    if (response.ok) return answer;
    throw refusal(place, response.status, oneLine(String(answer["message"] ?? ""), 300));
  };
}

function refusal(place: string, status: number, said: string): CliError {
  const message = `${place}: GitHub answered ${status}${said && `: ${said}`}`;
  if (status === 401 || status === 403) {
    const way = /not permitted to create/i.test(said)
      ? forbidsPulls
      : "GITHUB_TOKEN needs the rights contents: write and pull-requests: write";
    return new CliError("E_AUTH", `${message}: ${way}`);
  }
  return new CliError(status === 404 ? "E_NOT_FOUND" : "E_NETWORK", message);
}
