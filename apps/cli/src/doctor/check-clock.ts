import type { StoreLocation } from "@plimsoll/storage";
import { durationText } from "../text/quantity.ts";
import type { Finding } from "./finding.ts";

const check = "clock";
/** S3 refuses a request whose time is off by more than 15 minutes (RequestTimeTooSkewed). */
const brokenMs = 15 * 60_000;
const warningMs = 60_000;

/** An address of the store's host that answers with a `Date` header; undefined for a folder. */
export function clockUrl(
  { kind, options, root }: StoreLocation,
  env: Readonly<Record<string, string | undefined>> = {},
): string | undefined {
  switch (kind) {
    case "file":
      return undefined;
    case "http":
      return root;
    case "s3":
      return (
        options["endpoint"] ||
        env["S3_ENDPOINT_URL"] ||
        env["AWS_ENDPOINT_URL_S3"] ||
        env["AWS_ENDPOINT_URL"] ||
        "https://s3.amazonaws.com"
      );
    case "gcs":
      return options["endpoint"] ?? "https://storage.googleapis.com";
    case "github":
      return options["api"] ?? "https://api.github.com";
    case "huggingface":
      return options["endpoint"] || env["HF_ENDPOINT"] || "https://huggingface.co";
  }
}

/** Compares this machine's clock with the `Date` header of a host. Any answer will do, a refusal too. */
export async function checkClock(
  url: string,
  options: {
    readonly fetch: typeof fetch;
    readonly now: () => number;
    readonly signal: AbortSignal;
  },
): Promise<Finding> {
  const { now } = options;
  let date: string | null;
  const askedAt = now();
  try {
    const signal = AbortSignal.any([options.signal, AbortSignal.timeout(10_000)]);
    const answer = await options.fetch(url, { method: "HEAD", redirect: "manual", signal });
    date = answer.headers.get("date");
  } catch {
    return { check, state: "skipped", detail: `${url} did not answer` };
  }
  const theirs = Date.parse(date ?? "");
  if (Number.isNaN(theirs))
    return { check, state: "skipped", detail: `${url} does not tell its time` };
  // The header counts whole seconds and is made somewhere between question and answer.
  const skewMs = (askedAt + now()) / 2 - (theirs + 500);
  const off = Math.abs(skewMs);
  if (off < warningMs) return { check, state: "ok", detail: `agrees with ${url}` };
  return {
    check,
    state: off < brokenMs ? "warning" : "broken",
    detail: `this machine is ${durationText(off)} ${skewMs > 0 ? "ahead of" : "behind"} ${url}`,
    fix: "set the clock (timedatectl set-ntp true): signed requests are refused from 15 minutes on",
    code: "E_AUTH",
  };
}
