import { randomBytes } from "node:crypto";
import {
  GetBucketLifecycleConfigurationCommand,
  GetBucketVersioningCommand,
  PutBucketLifecycleConfigurationCommand,
  S3Client,
} from "@aws-sdk/client-s3";
import { expect, test } from "@jest/globals";
import { bytesSource } from "../../bytes-source.ts";
import { openStore } from "../../open-store.ts";
import type { BucketWish } from "../bucket-plan.ts";
import { planBucket } from "../plan-bucket.ts";

/** Set by `npm run test:s3`, which starts a real radosgw. */
const endpoint = process.env["PLIMSOLL_TEST_S3"];
const real = endpoint === undefined ? test.skip : test;
const longMs = 60_000;

const storeOf = (bucket: string): string => `s3://${bucket}/team?endpoint=${endpoint}`;
const newName = (): string => `bucket-${randomBytes(6).toString("hex")}`;

async function apply(bucket: string, wish: BucketWish): Promise<string[]> {
  const plan = await planBucket(storeOf(bucket), wish);
  const done: string[] = [];
  await plan.apply(({ setting }) => void done.push(setting));
  await plan.close();
  return done;
}

async function states(bucket: string, wish: BucketWish): Promise<Record<string, string>> {
  const plan = await planBucket(storeOf(bucket), wish);
  await plan.close();
  return Object.fromEntries(plan.steps.map(({ setting, state }) => [setting, state]));
}

const wish: BucketWish = {
  public: true,
  versioning: true,
  abortIncompleteDays: 7,
  expireOldDays: 90,
  corsOrigins: ["https://app.test"],
};

real(
  "radosgw: a new bucket with versions, lifecycle, CORS and public files; a second run has nothing to do",
  async () => {
    const bucket = newName();
    const all = ["bucket", "versioning", "lifecycle", "CORS", "public"];
    expect(await apply(bucket, wish)).toEqual(all);
    expect(new Set(Object.values(await states(bucket, wish)))).toEqual(new Set(["same"]));
    expect(await apply(bucket, wish)).toEqual([]);

    const store = await openStore(storeOf(bucket));
    await store.write("models/a.bin", bytesSource(Buffer.from("open"), "a"));
    const answer = await fetch(store.locate("models/a.bin"), {
      headers: { origin: "https://app.test" },
    });
    expect([answer.status, await answer.text()]).toEqual([200, "open"]);
    expect(answer.headers.get("access-control-allow-origin")).toBe("https://app.test");
    await store.close();
    const outside = await openStore(`s3://${bucket}/other?endpoint=${endpoint}`);
    await outside.write("b.bin", bytesSource(Buffer.from("closed"), "b"));
    expect((await fetch(outside.locate("b.bin"))).status).toBe(403);
    await outside.close();
  },
  longMs,
);

real(
  "radosgw: rules of others are kept, and nothing is opened that nobody asked for",
  async () => {
    const bucket = newName();
    await apply(bucket, {});
    const client = new S3Client({
      endpoint: endpoint ?? "",
      region: "us-east-1",
      forcePathStyle: true,
    });
    const Rules = [
      {
        ID: "logs",
        Status: "Enabled" as const,
        Filter: { Prefix: "logs/" },
        Expiration: { Days: 3 },
      },
    ];
    const theirs = new PutBucketLifecycleConfigurationCommand({
      Bucket: bucket,
      LifecycleConfiguration: { Rules },
    });
    await client.send(theirs);
    await apply(bucket, { abortIncompleteDays: 7 });
    const after = await client.send(new GetBucketLifecycleConfigurationCommand({ Bucket: bucket }));
    expect(after.Rules?.map(({ ID }) => ID).sort()).toEqual([
      "logs",
      "plimsoll-abort-incomplete:team/",
    ]);
    const versioning = await client.send(new GetBucketVersioningCommand({ Bucket: bucket }));
    expect(versioning.Status).toBeUndefined();
    const store = await openStore(storeOf(bucket));
    await store.write("a.bin", bytesSource(Buffer.from("closed"), "a"));
    expect((await fetch(store.locate("a.bin"))).status).toBe(403);
    await store.close();
    client.destroy();
  },
  longMs,
);

real(
  "radosgw: replication, which Ceph 16 lists and then refuses, is said to be missing",
  async () => {
    const [bucket, backup] = [newName(), newName()];
    await apply(backup, { versioning: true });
    await apply(bucket, { versioning: true });
    const replicateTo = { bucket: backup, role: "arn:aws:iam::1:role/copy" };
    await expect(apply(bucket, { replicateTo })).rejects.toMatchObject({
      code: "E_USAGE",
      message: expect.stringMatching(/no replication \(MethodNotAllowed\): leave it out/),
    });
  },
);
