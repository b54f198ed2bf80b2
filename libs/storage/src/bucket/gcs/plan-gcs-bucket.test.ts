import { afterEach, beforeEach, expect, test } from "@jest/globals";
import { fakeGcs, type FakeGcs } from "@plimsoll/testing";
import type { BucketWish } from "../bucket-plan.ts";
import { planBucket } from "../plan-bucket.ts";

let server: FakeGcs;
beforeEach(async () => {
  server = await fakeGcs("weights");
});
afterEach(() => server.close());

const plan = (wish: BucketWish, bucket = "weights/team") =>
  planBucket(`gs://${bucket}?endpoint=${server.endpoint}`, wish, {
    env: { GOOGLE_CLOUD_PROJECT: "p" },
  });

async function apply(wish: BucketWish, bucket?: string): Promise<string[]> {
  const done: string[] = [];
  await (await plan(wish, bucket)).apply(({ setting }) => void done.push(setting));
  return done;
}

const changes = async (wish: BucketWish, bucket?: string): Promise<string[]> =>
  (await plan(wish, bucket)).steps
    .filter(({ state }) => state === "change")
    .map(({ setting }) => setting);

/** A change that somebody else makes. */
const patch = (resource: object) =>
  server.buckets.perform(
    "PATCH",
    new URL("http://host/storage/v1/b/weights"),
    Buffer.from(JSON.stringify(resource)),
  );

const everything: BucketWish = {
  public: true,
  versioning: true,
  abortIncompleteDays: 7,
  expireOldDays: 90,
  corsOrigins: ["https://app.test"],
};

test("a plan changes nothing; applied once, there is nothing left to do", async () => {
  const settings = ["versioning", "lifecycle", "CORS", "public"];
  expect(await changes(everything)).toEqual(settings);
  expect(server.requests.every((line) => line.startsWith("GET "))).toBe(true);
  expect(await apply(everything)).toEqual(settings);
  expect(await changes(everything)).toEqual([]);
  expect(server.buckets.resource("weights")).toMatchObject({
    versioning: { enabled: true },
    lifecycle: {
      rule: [
        {
          action: { type: "AbortIncompleteMultipartUpload" },
          condition: { age: 7, matchesPrefix: ["team/"] },
        },
        {
          action: { type: "Delete" },
          condition: { daysSinceNoncurrentTime: 90, matchesPrefix: ["team/"] },
        },
      ],
    },
  });
  expect(server.buckets.policy("weights")["bindings"]).toEqual([
    { role: "roles/storage.legacyObjectReader", members: ["allUsers"] },
  ]);
});

test("rules and bindings of others are kept, another wish replaces ours, nothing opens by itself", async () => {
  const logs = { action: { type: "Delete" }, condition: { age: 3, matchesPrefix: ["logs/"] } };
  const cors = { origin: ["https://old.test"], method: ["GET", "HEAD"] };
  patch({
    lifecycle: { rule: [logs] },
    cors: [cors],
    iamConfiguration: { publicAccessPrevention: "enforced" },
  });
  await apply({ abortIncompleteDays: 7, corsOrigins: ["https://app.test", "https://old.test"] });
  await apply({ abortIncompleteDays: 3 });
  const found = server.buckets.resource("weights") as {
    lifecycle: { rule: unknown[] };
    cors: { origin: string[] }[];
  };
  expect(found.lifecycle.rule).toEqual([
    logs,
    {
      action: { type: "AbortIncompleteMultipartUpload" },
      condition: { age: 3, matchesPrefix: ["team/"] },
    },
  ]);
  expect(found.cors.map(({ origin }) => origin)).toEqual([
    ["https://old.test"],
    ["https://app.test"],
  ]);
  expect(found).toMatchObject({ iamConfiguration: { publicAccessPrevention: "enforced" } });
  expect(server.buckets.policy("weights")["bindings"]).toEqual([]);
  expect(await apply({ public: true })).toEqual(["public"]);
  expect(await changes({ public: true })).toEqual([]);
});

test("of two programs at once the second is refused and nobody's rule is lost", async () => {
  const late = await plan({ abortIncompleteDays: 7 });
  patch({ lifecycle: { rule: [] } });
  await expect(late.apply()).rejects.toMatchObject({ code: "E_CONFLICT" });
});

test("an absent bucket is created; replication is refused with another way", async () => {
  const wish = { versioning: true };
  expect(await apply(wish, "fresh")).toEqual(["bucket", "versioning"]);
  expect(await changes(wish, "fresh")).toEqual([]);
  await expect(plan({ replicateTo: { bucket: "b", role: "arn:r" } })).rejects.toMatchObject({
    code: "E_USAGE",
    message: expect.stringMatching(/dual-region/),
  });
});
