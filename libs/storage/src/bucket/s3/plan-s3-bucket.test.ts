import {
  GetBucketCorsCommand,
  GetBucketLifecycleConfigurationCommand,
  PutBucketCorsCommand,
  PutBucketLifecycleConfigurationCommand,
  PutBucketPolicyCommand,
  PutPublicAccessBlockCommand,
  S3Client,
} from "@aws-sdk/client-s3";
import { afterEach, beforeEach, expect, test } from "@jest/globals";
import { fakeS3, type FakeS3 } from "@plimsoll/testing";
import type { BucketWish } from "../bucket-plan.ts";
import { planBucket } from "../plan-bucket.ts";

let server: FakeS3;
let client: S3Client;
beforeEach(async () => {
  server = await fakeS3({ buckets: ["weights", "backup"] });
  const { accessKey: accessKeyId, secretKey: secretAccessKey } = server;
  client = new S3Client({
    endpoint: server.endpoint,
    region: "us-east-1",
    forcePathStyle: true,
    credentials: { accessKeyId, secretAccessKey },
  });
});
afterEach(async () => {
  client.destroy();
  await server.close();
});

const everything: BucketWish = {
  public: true,
  versioning: true,
  abortIncompleteDays: 7,
  expireOldDays: 90,
  corsOrigins: ["https://app.test"],
};

async function plan(wish: BucketWish, bucket = "weights/team", query = "") {
  const env = { S3_ACCESS_KEY: server.accessKey, S3_SECRET_KEY: server.secretKey };
  return await planBucket(`s3://${bucket}?endpoint=${server.endpoint}${query}`, wish, { env });
}

async function apply(wish: BucketWish, bucket?: string, query?: string): Promise<string[]> {
  const made = await plan(wish, bucket, query);
  const done: string[] = [];
  await made.apply(({ setting }) => void done.push(setting));
  await made.close();
  return done;
}

const changes = async (wish: BucketWish, bucket?: string): Promise<string[]> => {
  const made = await plan(wish, bucket);
  await made.close();
  return made.steps.filter(({ state }) => state === "change").map(({ setting }) => setting);
};
const writes = (): number =>
  server.requests.filter(({ method }) => method === "PUT" || method === "DELETE").length;

test("a plan changes nothing; applied once, there is nothing left to do", async () => {
  const all = ["bucket", "versioning", "lifecycle", "CORS", "public"];
  expect(await changes(everything, "new-one/team")).toEqual(all);
  expect(writes()).toBe(0);
  expect(await apply(everything, "new-one/team")).toEqual(all);
  expect(await changes(everything, "new-one/team")).toEqual([]);
  const before = writes();
  expect(await apply(everything, "new-one/team")).toEqual([]);
  expect(writes()).toBe(before);
});

test.each([["&checksum=crc32"], ["&checksum=md5"]])(
  "documents go with a digest of the kind that the host knows: %s",
  async (query) => {
    await apply({ versioning: true, abortIncompleteDays: 7 }, "weights", query);
    expect(server.document("weights", "versioning")).toContain("Enabled");
    const md5 = server.requests.filter(({ headers }) => "content-md5" in headers).length;
    expect(md5).toBe(query.endsWith("md5") ? 2 : 0);
  },
);

test("what is not asked for stays private, unversioned and untouched", async () => {
  await apply({ abortIncompleteDays: 7 });
  expect(server.document("weights", "policy")).toBeUndefined();
  expect(server.document("weights", "versioning")).toBeUndefined();
  expect(server.requests.every(({ query }) => !query.has("publicAccessBlock"))).toBe(true);
  server.put("weights", "team/a", Buffer.from("a"));
  expect((await fetch(`${server.endpoint}/weights/team/a`)).status).toBe(403);
});

test("--public opens the store's prefix to readers and no more, through Amazon's block", async () => {
  const PublicAccessBlockConfiguration = {
    BlockPublicAcls: true,
    IgnorePublicAcls: true,
    BlockPublicPolicy: true,
    RestrictPublicBuckets: true,
  };
  await client.send(
    new PutPublicAccessBlockCommand({ Bucket: "weights", PublicAccessBlockConfiguration }),
  );
  for (const key of ["team/a", "other/a"]) server.put("weights", key, Buffer.from("a"));
  await apply({ public: true });
  const status = async (path: string) => (await fetch(`${server.endpoint}/weights${path}`)).status;
  expect(await status("/team/a")).toBe(200);
  expect(await status("/other/a")).toBe(403);
  expect(await status("?list-type=2")).toBe(403);
  const block = server.document("weights", "publicAccessBlock");
  expect(block).toContain("<BlockPublicAcls>true");
  expect(block).toContain("<BlockPublicPolicy>false");
  // A second store of the same bucket does not close the first.
  await apply({ public: true }, "weights/other");
  expect([await status("/team/a"), await status("/other/a")]).toEqual([200, 200]);
  expect(await changes({ public: true })).toEqual([]);
});

test("statements, rules and origins of others are kept", async () => {
  const Bucket = "weights";
  const deny = {
    Sid: "Deny",
    Effect: "Deny",
    Principal: "*",
    Action: "s3:DeleteObject",
    Resource: "arn:aws:s3:::weights/*",
  };
  const narrowed = {
    ...deny,
    Sid: "PlimsollPublicRead",
    Effect: "Allow",
    Action: "s3:GetObject",
    Condition: { IpAddress: { "aws:SourceIp": "10.0.0.0/8" } },
  };
  const Policy = JSON.stringify({ Version: "2012-10-17", Statement: [deny, narrowed] });
  await client.send(new PutBucketPolicyCommand({ Bucket, Policy }));
  const theirs = {
    ID: "logs",
    Status: "Enabled" as const,
    Filter: { Prefix: "logs/" },
    Expiration: { Days: 3 },
  };
  await client.send(
    new PutBucketLifecycleConfigurationCommand({
      Bucket,
      LifecycleConfiguration: { Rules: [theirs] },
    }),
  );
  const rule = {
    ID: "theirs",
    AllowedOrigins: ["https://old.test"],
    AllowedMethods: ["GET", "PUT"],
  };
  const CORSConfiguration = { CORSRules: [rule] };
  await client.send(new PutBucketCorsCommand({ Bucket, CORSConfiguration }));

  await apply(everything);
  const { Rules } = await client.send(new GetBucketLifecycleConfigurationCommand({ Bucket }));
  expect(Rules?.map(({ ID }) => ID)).toEqual([
    "logs",
    "plimsoll-abort-incomplete:team/",
    "plimsoll-expire-old:team/",
  ]);
  expect(Rules?.[0]).toEqual(theirs);
  const { CORSRules } = await client.send(new GetBucketCorsCommand({ Bucket }));
  expect(CORSRules?.map(({ AllowedOrigins }) => AllowedOrigins)).toEqual([
    ["https://old.test"],
    ["https://app.test"],
  ]);
  expect(CORSRules?.[0]).toEqual(rule);
  const policy = JSON.parse(server.document(Bucket, "policy") ?? "") as { Statement: unknown[] };
  expect(policy.Statement.slice(0, 2)).toEqual([deny, narrowed]);
  expect(policy.Statement).toHaveLength(3);
  expect(await changes(everything)).toEqual([]);
});

test("another wish replaces our rule; one that somebody's rule fulfils is met", async () => {
  await apply({ abortIncompleteDays: 7 });
  await apply({ abortIncompleteDays: 3 });
  const document = server.document("weights", "lifecycle") ?? "";
  expect(document.match(/<Rule>/g)).toHaveLength(1);
  expect(document).toContain("<DaysAfterInitiation>3<");
  await apply({ abortIncompleteDays: 5 }, "backup");
  // A rule for the whole bucket reaches the prefix too.
  expect(await changes({ abortIncompleteDays: 5 }, "backup/team")).toEqual([]);
});

test("replication needs versions on both sides, and copies no removals", async () => {
  const replicateTo = { bucket: "backup", role: "arn:aws:iam::1:role/copy" };
  await expect(plan({ replicateTo })).rejects.toMatchObject({
    code: "E_USAGE",
    message: expect.stringMatching(/--versioning/),
  });
  await expect(plan({ replicateTo, versioning: true })).rejects.toMatchObject({
    code: "E_USAGE",
    message: expect.stringMatching(/s3:\/\/backup/),
  });
  await apply({ versioning: true }, "backup");
  expect(await apply({ replicateTo, versioning: true })).toEqual(["versioning", "replication"]);
  const document = server.document("weights", "replication") ?? "";
  expect(document).toMatch(/<DeleteMarkerReplication><Status>Disabled/);
  expect(document).toContain("arn:aws:s3:::backup");
  expect(await changes({ replicateTo })).toEqual([]);
  const other = { bucket: "backup", role: "arn:aws:iam::1:role/other" };
  await expect(plan({ replicateTo: other })).rejects.toMatchObject({ code: "E_CONFLICT" });
});

test("a setting that the host does not know is said, and nothing is pretended", async () => {
  server.script(({ query }) => (query.has("lifecycle") ? { code: "NotImplemented" } : undefined));
  const made = await plan({ versioning: true, abortIncompleteDays: 7 });
  expect(made.steps.map(({ setting, state }) => [setting, state])).toEqual([
    ["bucket", "same"],
    ["versioning", "change"],
    ["lifecycle", "unsupported"],
  ]);
  await made.close();
});

test("a stranger and a store that is no bucket are refused", async () => {
  const env = {
    S3_ACCESS_KEY: server.stranger.accessKey,
    S3_SECRET_KEY: server.stranger.secretKey,
  };
  const url = `s3://weights?endpoint=${server.endpoint}`;
  await expect(planBucket(url, { versioning: true }, { env })).rejects.toMatchObject({
    code: "E_AUTH",
  });
  await expect(planBucket("https://host.test/x", {})).rejects.toMatchObject({ code: "E_USAGE" });
});
