import type { Driver } from "@plimsoll/storage";
import { toFailure } from "../failure.ts";
import { count } from "../text/quantity.ts";
import type { Finding } from "./finding.ts";

const check = "store: unfinished uploads";
/** Younger ones may be under way. */
const staleMs = 24 * 3600 * 1000;
/** More are not counted. */
const most = 1000;

/** Uploads that were begun and never ended: their parts are billed, and no listing shows them (row S4). */
export async function checkLeftovers(
  driver: Driver,
  { now, signal }: { readonly now: () => number; readonly signal: AbortSignal },
): Promise<Finding | undefined> {
  if (!driver.multipart) return undefined;
  let stale = 0;
  try {
    for await (const { startedAt } of driver.multipart.unfinished("", { signal })) {
      if (startedAt === undefined || now() - startedAt.getTime() > staleMs) stale++;
      if (stale >= most) break;
    }
  } catch (error) {
    signal.throwIfAborted();
    return { check, state: "skipped", detail: `may not be listed: ${toFailure(error).code}` };
  }
  if (stale === 0) return { check, state: "ok", detail: "none that is older than a day" };
  return {
    check,
    state: "warning",
    detail: `${count(stale, "upload")} older than a day, whose parts are paid for`,
    fix: `plimsoll bucket setup '${driver.url}' --abort-incomplete 7d --yes`,
  };
}
