import type { StorageErrorCode } from "../../error.ts";
import { HttpError } from "../../http/http-error.ts";
import { parseRetryAfter } from "../../http/retry-after.ts";
import { showUrl } from "../../http/web-address.ts";
import type { HubContext } from "./hub-context.ts";

/** Longest part of the hub's own words that is passed on. */
const quotedCharacters = 300;

/** An answer of the hub, or of the host that its files are sent to, that is no success. */
export async function hubError(
  { endpoint, repo, token, settings }: HubContext,
  url: string,
  response: Response,
): Promise<HttpError> {
  const { status, headers } = response;
  const said = quote(await response.text().catch(() => ""));
  const retryAfterMs = parseRetryAfter(
    headers.get("retry-after") ?? undefined,
    settings.clock.now(),
  );
  const fail = (code: StorageErrorCode, text: string, retryable = false): HttpError =>
    new HttpError(code, `hf://${repo}: ${text}${said} (${status} from ${showUrl(url)})`, {
      status,
      retryable,
      ...(retryAfterMs === undefined ? {} : { retryAfterMs }),
    });
  const tokens = `${endpoint}/settings/tokens`;
  switch (status) {
    case 401:
      return token === undefined
        ? fail("E_AUTH", "not signed in, or no such repository: set HF_TOKEN")
        : fail("E_AUTH", `the token in HF_TOKEN is not accepted: make one at ${tokens}`);
    case 403:
      return fail(
        "E_AUTH",
        `the token lacks the right for this: make one that writes at ${tokens}`,
      );
    case 404:
      return headers.get("x-error-code") === "RepoNotFound"
        ? fail(
            "E_NOT_FOUND",
            `no such repository: create it at ${endpoint}/new, or set HF_TOKEN if it is private`,
          )
        : fail("E_NOT_FOUND", "not there");
    case 409:
      return fail("E_EXISTS", "exists already");
    case 412:
      return fail("E_CONFLICT", "somebody else committed meanwhile: run again");
    case 413:
      return fail("E_LIMIT", "more than the hub takes");
    case 429:
      return fail("E_LIMIT", "the hub asks to slow down: wait a while and run again", true);
  }
  if (status === 408 || status >= 500) return fail("E_NETWORK", "the hub cannot answer now", true);
  return fail("E_NETWORK", "refused");
}

function quote(text: string): string {
  let said = text;
  try {
    const { error } = JSON.parse(text) as { readonly error?: unknown };
    if (typeof error === "string") said = error;
  } catch {
    // Not JSON: a proxy's page, for one. Its beginning is said as it is.
  }
  said = said.trim().slice(0, quotedCharacters);
  return said === "" ? "" : `: ${said}`;
}
