import {
  GetBucketPolicyCommand,
  GetPublicAccessBlockCommand,
  PutBucketPolicyCommand,
  PutPublicAccessBlockCommand,
} from "@aws-sdk/client-s3";
import { StorageError } from "../../error.ts";
import { type PlannedStep, same } from "../bucket-plan.ts";
import { type S3Admin, UnknownSetting } from "./s3-admin.ts";

interface Statement {
  readonly Sid?: string;
  readonly Effect?: string;
  readonly Principal?: unknown;
  readonly Action?: string | readonly string[];
  readonly Resource?: string | readonly string[];
  readonly Condition?: unknown;
}

interface Policy {
  readonly Version?: string;
  readonly Statement?: Statement | readonly Statement[];
}

const sid = "PlimsollPublicRead";
const list = <T>(value: T | readonly T[] | undefined): readonly T[] =>
  value === undefined ? [] : Array.isArray(value) ? (value as readonly T[]) : [value as T];

function isForAnyone(principal: unknown): boolean {
  if (principal === "*") return true;
  const { AWS } = (principal ?? {}) as { AWS?: string | readonly string[] };
  return list(AWS).includes("*");
}

function opens(statement: Statement, resources: readonly string[]): boolean {
  const { Effect, Principal, Action, Resource, Condition } = statement;
  return (
    Effect === "Allow" &&
    Condition === undefined &&
    isForAnyone(Principal) &&
    list(Action).some((action) => action === "s3:GetObject" || action === "s3:*") &&
    list(Resource).some((resource) => resources.includes(resource))
  );
}

/** Anyone may read the objects below the store's prefix: a statement in the bucket's policy, and the block out of its way. */
export async function planPublicRead(admin: S3Admin): Promise<PlannedStep> {
  const { client, settings } = admin;
  const { bucket, keyPrefix, region = "" } = settings;
  const target = { Bucket: bucket };
  const partition = region.startsWith("cn-") ? "aws-cn" : "aws";
  const arn = `arn:${partition}:s3:::${bucket}/`;
  const resource = `${arn}${keyPrefix}*`;
  const block = await readBlock(admin);
  const found = await admin.read(["NoSuchBucketPolicy"], () =>
    client.send(new GetBucketPolicyCommand(target)),
  );
  const policy = parsePolicy(found?.Policy, admin.name);
  const statements = list(policy.Statement);
  const isAllowed = statements.some((statement) => opens(statement, [resource, `${arn}*`]));
  // Amazon blocks public access to every new bucket.
  const hasBlock = admin.isNew
    ? settings.host.name === "Amazon S3"
    : block?.BlockPublicPolicy === true || block?.RestrictPublicBuckets === true;
  if (isAllowed && !hasBlock) return same("public", "anyone may read");
  return {
    setting: "public",
    is: hasBlock && !admin.isNew ? "private, and public access is blocked" : "private",
    willBe: `anyone may read ${admin.name}/${keyPrefix}*`,
    state: "change",
    note: "everything there, present and future, can be downloaded by anyone, at your cost",
    act: async () => {
      if (hasBlock) {
        const PublicAccessBlockConfiguration = {
          BlockPublicAcls: block?.BlockPublicAcls ?? true,
          IgnorePublicAcls: block?.IgnorePublicAcls ?? true,
          BlockPublicPolicy: false,
          RestrictPublicBuckets: false,
        };
        await admin.ask(() =>
          client.send(
            new PutPublicAccessBlockCommand({ ...target, PublicAccessBlockConfiguration }),
          ),
        );
      }
      if (isAllowed) return;
      // A statement of that name that somebody narrowed stays as it is.
      const named = statements.find(({ Sid }) => Sid === sid);
      const own = named && opens(named, list(named.Resource)) ? named : undefined;
      const wished: Statement = {
        Sid: named === own ? sid : `${sid}2`,
        Effect: "Allow",
        Principal: { AWS: "*" },
        Action: "s3:GetObject",
        Resource: [...list(own?.Resource), resource],
      };
      const Statement = [...statements.filter((each) => each !== own), wished];
      const Policy = JSON.stringify({
        ...policy,
        Version: policy.Version ?? "2012-10-17",
        Statement,
      });
      await admin.ask(() => client.send(new PutBucketPolicyCommand({ ...target, Policy })));
    },
  };
}

/** Amazon's block of public access; undefined where there is none, or no such thing. */
async function readBlock(admin: S3Admin) {
  const { client, settings } = admin;
  const command = new GetPublicAccessBlockCommand({ Bucket: settings.bucket });
  try {
    const found = await admin.read(["NoSuchPublicAccessBlockConfiguration"], () =>
      client.send(command),
    );
    return found?.PublicAccessBlockConfiguration;
  } catch (error) {
    if (error instanceof UnknownSetting) return undefined;
    throw error;
  }
}

function parsePolicy(text: string | undefined, name: string): Policy {
  if (text === undefined || text === "") return {};
  try {
    return JSON.parse(text) as Policy;
  } catch (cause) {
    const way = "its policy is no JSON; look at it with aws s3api get-bucket-policy";
    throw new StorageError("E_CONFLICT", `${name}: ${way}`, { cause });
  }
}
