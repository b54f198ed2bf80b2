import { StorageError, type StorageErrorCode } from "../../error.ts";
import { HttpError } from "../../http/http-error.ts";

/** What the SDK throws, as far as it is looked at. Where no answer came its status is 500 and it has no response. */
export interface GithubFault {
  readonly name: string;
  readonly status?: number;
  readonly message: string;
  readonly response?: {
    readonly headers?: Readonly<Record<string, string | number | undefined>>;
    readonly data?: unknown;
  };
}

/** Whether an error came out of a request of the SDK. */
export function isGithubFault(error: unknown): error is GithubFault {
  return typeof (error as GithubFault | null)?.status === "number";
}

/** Status of the answer, or undefined where none came. */
export function faultStatus(fault: GithubFault): number | undefined {
  return fault.response === undefined ? undefined : fault.status;
}

/** The SDK's failure in this room's words. `what` names the store or the object. */
export function githubError(fault: GithubFault, what: string, hasToken: boolean): HttpError {
  const status = faultStatus(fault);
  const text = fault.message.replace(/ - https:\/\/docs\.github\.com\S*$/, "").slice(0, 300);
  const [code, advice] = adviceFor(status, text, hasToken);
  const retryable = status === undefined || status >= 500;
  const facts = { retryable, ...(status === undefined ? {} : { status }) };
  return new HttpError(code, `${what}: ${advice}`, facts, { cause: fault });
}

/** Whether a name or tag is taken, by the code in GitHub's answer. */
export function isTaken(error: unknown, field: "name" | "tag_name"): boolean {
  return hasReason(error, (reason) => reason.code === "already_exists" && reason.field === field);
}

/** Whether GitHub refuses a change of what was published for ever. */
export function isFrozen(error: unknown): boolean {
  const { message } = faultOf(error) ?? { message: "" };
  return /immutable release/i.test(message);
}

interface Reason {
  readonly code?: string;
  readonly field?: string;
}

function hasReason(error: unknown, test: (reason: Reason) => boolean): boolean {
  const data = faultOf(error)?.response?.data as { readonly errors?: unknown } | undefined;
  return Array.isArray(data?.errors) && (data.errors as Reason[]).some((reason) => test(reason));
}

function faultOf(error: unknown): GithubFault | undefined {
  const fault = error instanceof StorageError ? error.cause : error;
  return isGithubFault(fault) ? fault : undefined;
}

function adviceFor(
  status: number | undefined,
  text: string,
  hasToken: boolean,
): readonly [StorageErrorCode, string] {
  if (status === undefined) return ["E_NETWORK", `no answer (${text}): check the network`];
  if (status === 401) {
    const way = hasToken ? "renew GITHUB_TOKEN" : "set GITHUB_TOKEN";
    return ["E_AUTH", `GitHub does not know who asks (${text}): ${way}`];
  }
  if (status === 403) {
    return ["E_AUTH", `GitHub does not allow it (${text}): the token needs contents: write`];
  }
  if (status === 404) {
    const hidden = hasToken
      ? "a private repository answers so to a token without rights to it"
      : "a private repository answers so without GITHUB_TOKEN";
    return ["E_NOT_FOUND", `not there; ${hidden}`];
  }
  if (status === 409) return ["E_CONFLICT", `changed meanwhile (${text}): run again`];
  if (status === 429) return ["E_LIMIT", "GitHub asks to slow down: run again later"];
  if (status >= 500) return ["E_NETWORK", `GitHub failed (${status} ${text}): run again later`];
  return ["E_USAGE", `GitHub refuses the request (${status} ${text})`];
}
