import {
  GetBucketLifecycleConfigurationCommand,
  type LifecycleRule,
  PutBucketLifecycleConfigurationCommand,
} from "@aws-sdk/client-s3";
import { type BucketWish, type PlannedStep, same } from "../bucket-plan.ts";
import type { S3Admin } from "./s3-admin.ts";

/** Rules of the store; each has its own id, so that others' stay and a changed wish replaces ours. */
function wishedRules(admin: S3Admin, wish: BucketWish): LifecycleRule[] {
  const { keyPrefix } = admin.settings;
  const base = { Status: "Enabled" as const, Filter: { Prefix: keyPrefix } };
  const { abortIncompleteDays, expireOldDays } = wish;
  const id = (name: string): string => `plimsoll-${name}${keyPrefix === "" ? "" : `:${keyPrefix}`}`;
  return [
    ...(abortIncompleteDays === undefined
      ? []
      : [
          {
            ...base,
            ID: id("abort-incomplete"),
            AbortIncompleteMultipartUpload: { DaysAfterInitiation: abortIncompleteDays },
          },
        ]),
    ...(expireOldDays === undefined
      ? []
      : [
          {
            ...base,
            ID: id("expire-old"),
            NoncurrentVersionExpiration: { NoncurrentDays: expireOldDays },
          },
        ]),
  ];
}

/** Where a rule reaches; undefined for one that is narrowed by tags or sizes. */
function prefixOf({ Filter, Prefix }: LifecycleRule): string | undefined {
  if (Filter === undefined) return Prefix ?? "";
  const { Prefix: own, ...narrower } = Filter;
  return Object.values(narrower).some((value) => value !== undefined) ? undefined : (own ?? "");
}

/** Whether a rule that is there does what the wished one would. */
function covers(rule: LifecycleRule, wished: LifecycleRule): boolean {
  const prefix = prefixOf(rule);
  if (rule.Status !== "Enabled" || prefix === undefined) return false;
  if (!(prefixOf(wished) ?? "").startsWith(prefix)) return false;
  const aborts = rule.AbortIncompleteMultipartUpload?.DaysAfterInitiation;
  const wishedAborts = wished.AbortIncompleteMultipartUpload?.DaysAfterInitiation;
  if (wishedAborts !== undefined) return aborts === wishedAborts;
  const keep = rule.NoncurrentVersionExpiration;
  return (
    keep?.NewerNoncurrentVersions === undefined &&
    keep?.NoncurrentDays === wished.NoncurrentVersionExpiration?.NoncurrentDays
  );
}

function textOf(rules: readonly LifecycleRule[]): string {
  if (rules.length === 0) return "no rules";
  return rules
    .map(({ ID, AbortIncompleteMultipartUpload, NoncurrentVersionExpiration }) => {
      const days =
        AbortIncompleteMultipartUpload?.DaysAfterInitiation ??
        NoncurrentVersionExpiration?.NoncurrentDays;
      return `${ID ?? "a rule"}${days === undefined ? "" : ` ${days}d`}`;
    })
    .join(", ");
}

/** Rules that end uploads nobody ended, and remove old versions. */
export async function planLifecycle(admin: S3Admin, wish: BucketWish): Promise<PlannedStep> {
  const { client, settings } = admin;
  const target = { Bucket: settings.bucket };
  const found = await admin.read(["NoSuchLifecycleConfiguration"], () =>
    client.send(new GetBucketLifecycleConfigurationCommand(target)),
  );
  const rules = found?.Rules ?? [];
  const missing = wishedRules(admin, wish).filter(
    (wished) => !rules.some((rule) => covers(rule, wished)),
  );
  if (missing.length === 0) return same("lifecycle", textOf(rules));
  const kept = rules.filter(({ ID }) => !missing.some((wished) => wished.ID === ID));
  const Rules = [...kept, ...missing];
  const least = found?.TransitionDefaultMinimumObjectSize;
  return {
    setting: "lifecycle",
    is: textOf(rules),
    willBe: textOf(Rules),
    state: "change",
    ...(wish.expireOldDays === undefined
      ? {}
      : { note: "only old versions expire: current files are removed by plimsoll prune alone" }),
    act: async () => {
      const command = new PutBucketLifecycleConfigurationCommand({
        ...target,
        LifecycleConfiguration: { Rules },
        ...(least === undefined ? {} : { TransitionDefaultMinimumObjectSize: least }),
      });
      await admin.ask(() => client.send(command));
    },
  };
}
