import { GithubFailure } from "./github-answer.ts";
import type { GithubRole } from "./github-model.ts";

const hourMs = 3_600_000;

/** Requests of the running hour, by who asks. */
export interface RateBook {
  /** Throws 403 where the hour's are used up. */
  count(role: GithubRole): void;
  /** `x-ratelimit-*` as after the last count. */
  headers(): Record<string, string>;
}

export function rateBook(hourlyLimit: number | undefined, now: () => number): RateBook {
  const used = new Map<GithubRole, number>();
  let resetsAt = now() + hourMs;
  let last: GithubRole = "anonymous";
  const limitOf = (role: GithubRole): number => hourlyLimit ?? (role === "anonymous" ? 60 : 5000);
  return {
    count(role) {
      last = role;
      if (now() >= resetsAt) {
        used.clear();
        resetsAt = now() + hourMs;
      }
      const count = (used.get(role) ?? 0) + 1;
      if (count > limitOf(role)) throw new GithubFailure(403, "API rate limit exceeded for user.");
      used.set(role, count);
    },
    headers() {
      const count = used.get(last) ?? 0;
      return {
        "x-ratelimit-limit": String(limitOf(last)),
        "x-ratelimit-remaining": String(limitOf(last) - count),
        "x-ratelimit-used": String(count),
        "x-ratelimit-reset": String(Math.ceil(resetsAt / 1000)),
        "x-ratelimit-resource": "core",
      };
    },
  };
}
