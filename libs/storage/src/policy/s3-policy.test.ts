import { createHash, randomBytes } from "node:crypto";
import { afterEach, expect, test } from "@jest/globals";
import { fakeS3, type FakeS3, type S3Request } from "@plimsoll/testing";
import { bytesSource } from "../bytes-source.ts";
import { collect } from "../conformance/expectation.ts";
import type { Driver } from "../driver.ts";
import { driverSettings } from "../drivers/driver-settings.ts";
import { openS3Store } from "../drivers/s3.ts";
import { s3Tuning } from "../drivers/s3/s3-tuning.ts";
import { parseStoreUrl } from "../parse-store-url.ts";
import { allowing, type NeededRight } from "./policy-verdict.ts";
import { type PolicyDocument, type PolicyRole, s3Policy } from "./s3-policy.ts";

const bucket = "weights";
const arn = (key?: string): string => `arn:aws:s3:::${bucket}${key === undefined ? "" : `/${key}`}`;
const ends: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const end of ends.splice(0).reverse()) await end();
});

/** What Amazon asks for each request, by its Service Authorization Reference. */
function rightsOf({ operation, key, query, headers }: S3Request): NeededRight[] {
  const object = (action: string, of = key): NeededRight => ({ action, resource: arn(of) });
  switch (operation) {
    case "GetObject":
    case "HeadObject":
      return [object("s3:GetObject")];
    case "PutObject":
    case "CreateMultipartUpload":
    case "UploadPart":
    case "CompleteMultipartUpload":
      return [object("s3:PutObject")];
    case "CopyObject":
    case "UploadPartCopy": {
      const from = decodeURIComponent(headers["x-amz-copy-source"] ?? "").replace(
        /^\/?[^/]+\//,
        "",
      );
      return [object("s3:PutObject"), object("s3:GetObject", from)];
    }
    case "AbortMultipartUpload":
      return [object("s3:AbortMultipartUpload")];
    case "ListParts":
      return [object("s3:ListMultipartUploadParts")];
    case "DeleteObject":
      return [object("s3:DeleteObject")];
    case "ListObjectsV2": {
      const facts = { "s3:prefix": query.get("prefix") ?? "" };
      return [{ action: "s3:ListBucket", resource: arn(), facts }];
    }
    case "ListMultipartUploads":
      return [{ action: "s3:ListBucketMultipartUploads", resource: arn() }];
    default:
      throw new Error(`no right is known for ${operation}`);
  }
}

async function open(server: FakeS3, prefix: string, forWriting: boolean): Promise<Driver> {
  const env = { S3_ACCESS_KEY: server.accessKey, S3_SECRET_KEY: server.secretKey };
  const url = `s3://${bucket}${prefix}?endpoint=${server.endpoint}`;
  const tuning = { ...s3Tuning, singleBytes: 50_000, partBytes: 65_536, budgetBytes: 65_536 };
  const driver = await openS3Store(parseStoreUrl(url), driverSettings({ env, forWriting }), {
    ...tuning,
    maxAttempts: 1,
  });
  ends.push(driver.close);
  return driver;
}

const body = randomBytes(300_000);
const sha256 = createHash("sha256").update(body).digest("hex");
const write = (store: Driver, key: string, bytes = body) =>
  store.write(key, bytesSource(bytes, key), { onlyIfAbsent: true });

async function read(store: Driver): Promise<void> {
  const { body: some } = await store.read("models/m/v1.0.0/a.onnx", { start: 10, end: 20 });
  await collect(some);
  await store.stat("models/m/v1.0.0/manifest.json");
  await store.stat("models/m/absent");
  for await (const each of store.list("models/", { depth: "shallow" })) void each;
  for await (const each of store.list("models/m/")) void each;
}

async function publish(server: FakeS3, prefix: string): Promise<void> {
  const store = await open(server, prefix, true);
  await write(store, "models/m/v1.0.0/a.onnx");
  await write(store, "models/m/v1.0.0/manifest.json", Buffer.from("{}"));
  await read(store);
  await store.copy?.("models/m/v1.0.0/a.onnx", "models/m/latest/a.onnx");
  await store.swap?.("models/m/channels/latest.json", Buffer.from("{}"), { expected: null });
  // A publish that dies in the middle of an upload, and the next one that goes on with it.
  const big = "models/m/v1.0.0/b.onnx";
  const dying = await open(server, prefix, true);
  let parts = 0;
  server.script(({ operation }) => {
    if (operation === "UploadPart" && ++parts === 3) server.dieAfter(0);
    return undefined;
  });
  const once = { onlyIfAbsent: true, sha256 };
  await dying.write(big, bytesSource(body, "b"), once).catch(() => undefined);
  server.script();
  server.revive();
  await (await open(server, prefix, true)).write(big, bytesSource(body, "b"), once);
  for await (const each of store.multipart?.unfinished("") ?? []) void each;
  const failing = { ...bytesSource(body, "c"), open: () => cut() };
  await store.write("models/m/v1.0.0/c.onnx", failing).catch(() => undefined);
  // What `plimsoll doctor --write` does.
  await write(store, "plimsoll-doctor/probe-1", Buffer.from("x"));
  await store.remove("plimsoll-doctor/probe-1");
}

async function* cut(): AsyncGenerator<Uint8Array> {
  yield body.subarray(0, 150_000);
  throw new Error("the disk is gone");
}

/** Every request is allowed, and each action at each resource of the policy was needed. */
function holdAgainst(policy: PolicyDocument, requests: readonly S3Request[]): void {
  const used = new Set<string>();
  const refused = new Set<string>();
  for (const right of requests.flatMap(rightsOf)) {
    const statements = allowing(policy, right);
    if (statements.length === 0) refused.add(`${right.action} ${right.resource}`);
    for (const { Resource } of statements) {
      for (const pattern of Resource) {
        const one = {
          ...policy,
          Statement: [
            { Sid: "", Effect: "Allow" as const, Action: [right.action], Resource: [pattern] },
          ],
        };
        if (allowing(one, right).length > 0) used.add(`${right.action} ${pattern}`);
      }
    }
  }
  expect([...refused]).toEqual([]);
  const granted = policy.Statement.flatMap(({ Action, Resource }) =>
    Action.flatMap((action) => Resource.map((resource) => `${action} ${resource}`)),
  );
  expect([...used].sort()).toEqual(granted.sort());
}

test.each<[PolicyRole, string]>([
  ["reader", ""],
  ["reader", "/team/a"],
  ["publisher", ""],
  ["publisher", "/team/a"],
  ["maintainer", "/team/a"],
])("%s of s3://weights%s: every call is allowed and nothing else is", async (role, prefix) => {
  const server = await fakeS3({ minPartBytes: 1024 });
  ends.push(server.close);
  if (role === "reader") {
    await publish(server, prefix);
    const before = server.requests.length;
    await read(await open(server, prefix, false));
    const keyPrefix = prefix === "" ? "" : `${prefix.slice(1)}/`;
    holdAgainst(parsed({ bucket, keyPrefix, role }), server.requests.slice(before));
    return;
  }
  await publish(server, prefix);
  if (role === "maintainer")
    await (await open(server, prefix, false)).remove("models/m/v1.0.0/a.onnx");
  const keyPrefix = prefix === "" ? "" : `${prefix.slice(1)}/`;
  holdAgainst(parsed({ bucket, keyPrefix, role }), server.requests);
});

/** As IAM receives it. */
const parsed = (options: Parameters<typeof s3Policy>[0]): PolicyDocument =>
  JSON.parse(JSON.stringify(s3Policy(options))) as PolicyDocument;

test("a publisher cannot remove a version, a reader cannot write, and neither leaves its prefix", () => {
  const of = (role: PolicyRole) => parsed({ bucket, keyPrefix: "team/", role });
  const may = (role: PolicyRole, action: string, key: string): boolean =>
    allowing(of(role), { action, resource: arn(key) }).length > 0;
  expect(may("publisher", "s3:DeleteObject", "team/models/m/v1.0.0/a.onnx")).toBe(false);
  expect(may("publisher", "s3:DeleteObject", "team/.plimsoll/uploads/1.json")).toBe(true);
  expect(may("maintainer", "s3:DeleteObject", "team/models/m/v1.0.0/a.onnx")).toBe(true);
  expect(may("reader", "s3:PutObject", "team/models/m/v1.0.0/a.onnx")).toBe(false);
  expect(may("publisher", "s3:PutObject", "other/a.onnx")).toBe(false);
  expect(may("reader", "s3:GetObject", "other/a.onnx")).toBe(false);
  const list = (prefix: string) =>
    allowing(of("reader"), {
      action: "s3:ListBucket",
      resource: arn(),
      facts: { "s3:prefix": prefix },
    }).length;
  expect([list("team/models/"), list("other/"), list("")]).toEqual([1, 0, 0]);
});

test("regions of their own have ARNs of their own", () => {
  const text = JSON.stringify(s3Policy({ bucket, role: "reader", partition: "aws-cn" }));
  expect(text).toContain("arn:aws-cn:s3:::weights/*");
  expect(text).not.toContain("arn:aws:");
});
