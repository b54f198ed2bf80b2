import { HttpError } from "./http-error.ts";
import { parseUnsatisfiedRange } from "./content-range.ts";
import type { AnswerHead } from "./parse-head.ts";
import { parseRetryAfter } from "./retry-after.ts";
import { showUrl } from "./web-address.ts";

/** Statuses after which the same request may succeed: GitHub's storage says 618 for a signed URL that has expired. */
const passing = new Set([408, 425, 429, 618]);

/** What an answer that is neither 200, 206 nor a redirect means for the caller. `now`: ms since 1970. */
export function statusError(url: URL, { status, headers }: AnswerHead, now: number): HttpError {
  const retryAfterMs = parseRetryAfter(headers["retry-after"], now);
  const waits = retryAfterMs === undefined ? {} : { retryAfterMs };
  const fail = (
    code: "E_AUTH" | "E_NOT_FOUND" | "E_RANGE" | "E_CONFLICT" | "E_NETWORK",
    text: string,
    retryable: boolean,
  ): HttpError => new HttpError(code, `${showUrl(url)}: ${text}`, { status, retryable, ...waits });

  // GitHub answers 403 with Retry-After to those that ask too fast.
  if (status === 403 && retryAfterMs !== undefined) {
    return fail("E_NETWORK", "403, the host asks to wait", true);
  }
  if (status === 401 || status === 403) {
    return fail("E_AUTH", `${status}, ${url.origin} does not allow it: ${wayIn(url, now)}`, false);
  }
  if (status === 404 || status === 410) {
    return fail("E_NOT_FOUND", `${status}, not there${whyHidden(url)}`, false);
  }
  if (status === 412) return fail("E_CONFLICT", "412, it has changed meanwhile", false);
  if (status === 416) {
    const size = parseUnsatisfiedRange(headers["content-range"]);
    const known = size === undefined ? "" : `, it has ${size} bytes`;
    return fail("E_RANGE", `416, no such range${known}`, false);
  }
  if (passing.has(status) || status >= 500) {
    return fail("E_NETWORK", `${status}, the host cannot answer now`, true);
  }
  return fail("E_NETWORK", `${status} is no answer to a read`, false);
}

/** What to set to be let in (row N19). */
function wayIn(url: URL, now: number): string {
  const { hostname, origin } = url;
  const signed = signedUntil(url);
  if (signed !== undefined) {
    const what = now >= signed ? "its signature expired at" : "its signature, good until";
    const rest = now >= signed ? "" : ", is refused";
    return `${what} ${new Date(signed).toISOString()}${rest}: make a new address with plimsoll presign`;
  }
  if (isGitHub(hostname)) return "set GITHUB_TOKEN";
  if (hostname === "huggingface.co") return "set HF_TOKEN";
  if (hostname.endsWith(".amazonaws.com")) {
    return "sync from s3://… with S3_ACCESS_KEY and S3_SECRET_KEY, or have it published with public read";
  }
  return `name an environment variable under headers."${origin}" in plimsoll.config.json`;
}

/** When a signed address ends, ms since 1970: AWS signature version 4, and that of Google, which has the same fields. */
function signedUntil({ searchParams }: URL): number | undefined {
  for (const prefix of ["X-Amz-", "X-Goog-"]) {
    const date = /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/.exec(
      searchParams.get(`${prefix}Date`) ?? "",
    );
    const seconds = Number(searchParams.get(`${prefix}Expires`) ?? NaN);
    if (date === null || !Number.isSafeInteger(seconds)) continue;
    const [, year, month, day, hour, minute, second] = date.map(Number);
    const began = Date.UTC(year ?? 0, (month ?? 1) - 1, day, hour, minute, second);
    const until = began + seconds * 1000;
    // What no date can hold is no date of a host.
    return Math.abs(until) < 8.64e15 ? until : undefined;
  }
  return undefined;
}

/** Some hosts hide what a stranger may not see behind a 404. */
function whyHidden({ hostname }: URL): string {
  if (isGitHub(hostname)) return "; a private repository answers so without GITHUB_TOKEN";
  if (hostname === "huggingface.co") return "; a private repo answers so without HF_TOKEN";
  return "; check the URL, or publish again";
}

function isGitHub(hostname: string): boolean {
  return /(?:^|\.)(?:github\.com|githubusercontent\.com)$/.test(hostname);
}
