import { type CORSRule, GetBucketCorsCommand, PutBucketCorsCommand } from "@aws-sdk/client-s3";
import { type PlannedStep, same } from "../bucket-plan.ts";
import type { S3Admin } from "./s3-admin.ts";

const id = "plimsoll";
const methods = ["GET", "HEAD"];

function allows(rule: CORSRule, origin: string): boolean {
  const origins = rule.AllowedOrigins ?? [];
  return (
    (origins.includes("*") || origins.includes(origin)) &&
    methods.every((method) => rule.AllowedMethods?.includes(method))
  );
}

function textOf(rules: readonly CORSRule[]): string {
  const origins = new Set(rules.flatMap(({ AllowedOrigins = [] }) => AllowedOrigins));
  return origins.size === 0 ? "no origin" : [...origins].join(", ");
}

/** Lets pages of these origins read by script, ranges included. Origins that were allowed before stay. */
export async function planCors(admin: S3Admin, origins: readonly string[]): Promise<PlannedStep> {
  const { client, settings } = admin;
  const target = { Bucket: settings.bucket };
  const found = await admin.read(["NoSuchCORSConfiguration"], () =>
    client.send(new GetBucketCorsCommand(target)),
  );
  const rules = found?.CORSRules ?? [];
  const missing = origins.filter((origin) => !rules.some((rule) => allows(rule, origin)));
  if (missing.length === 0) return same("CORS", textOf(rules));
  const own = rules.find(({ ID }) => ID === id);
  const wished: CORSRule = {
    ID: id,
    AllowedOrigins: [...new Set([...(own?.AllowedOrigins ?? []), ...missing])],
    AllowedMethods: methods,
    AllowedHeaders: ["*"],
    ExposeHeaders: [
      "ETag",
      "Content-Range",
      "Content-Length",
      "Accept-Ranges",
      "x-amz-meta-sha256",
    ],
    MaxAgeSeconds: 3600,
  };
  const CORSRules = [...rules.filter((rule) => rule !== own), wished];
  return {
    setting: "CORS",
    is: textOf(rules),
    willBe: textOf(CORSRules),
    state: "change",
    act: async () => {
      const command = new PutBucketCorsCommand({ ...target, CORSConfiguration: { CORSRules } });
      await admin.ask(() => client.send(command));
    },
  };
}
