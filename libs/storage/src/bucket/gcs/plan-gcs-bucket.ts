import type { Bucket, BucketMetadata, LifecycleRule } from "@google-cloud/storage";
import { gcsContext } from "../../drivers/gcs/gcs-context.ts";
import { gcsError } from "../../drivers/gcs/gcs-error.ts";
import type { DriverSettings } from "../../drivers/driver-factory.ts";
import { StorageError } from "../../error.ts";
import type { StoreLocation } from "../../store-location.ts";
import { type BucketPlan, type BucketWish, type PlannedStep, same } from "../bucket-plan.ts";

type Ask = <T>(call: () => Promise<T>) => Promise<T>;

/** May read objects, and not list them. */
const readerRole = "roles/storage.legacyObjectReader";
const anyone = "allUsers";

/** `planBucket` for Google Cloud Storage. */
export async function planGcsBucket(
  location: StoreLocation,
  wish: BucketWish,
  driver: DriverSettings,
): Promise<BucketPlan> {
  const { storage, bucket, prefix } = gcsContext(location, driver);
  const name = `gs://${bucket.name}`;
  if (wish.replicateTo) {
    const way = "make it in a dual-region, or copy it by Storage Transfer Service";
    throw new StorageError(
      "E_USAGE",
      `${name}: Google copies no bucket to another by a setting: ${way}`,
    );
  }
  const ask: Ask = async (call) => {
    driver.signal?.throwIfAborted();
    try {
      return await call();
    } catch (error) {
      throw gcsError(error, name);
    }
  };
  const [isThere] = await ask(() => bucket.exists());
  const metadata: BucketMetadata = isThere ? (await ask(() => bucket.getMetadata()))[0] : {};
  const steps: PlannedStep[] = [
    isThere
      ? same("bucket", "there")
      : {
          setting: "bucket",
          is: "absent",
          willBe: "created",
          state: "change",
          act: async () => void (await ask(() => storage.createBucket(bucket.name))),
        },
  ];
  // Of two programs that set the same bucket up at once, the second is refused.
  let generation = metadata.metageneration;
  const change: Change = (patch) => async () => {
    const condition = generation === undefined ? {} : { ifMetagenerationMatch: generation };
    const [changed] = await ask(() => bucket.setMetadata(patch, condition));
    generation = (changed as BucketMetadata).metageneration;
  };
  if (wish.versioning) steps.push(planVersioning(metadata, change));
  if (wish.abortIncompleteDays !== undefined || wish.expireOldDays !== undefined) {
    steps.push(planLifecycle(metadata, wish, prefix, change));
  }
  if (wish.corsOrigins?.length) steps.push(planCors(metadata, wish.corsOrigins, change));
  if (wish.public) steps.push(await planPublic(bucket, metadata, isThere, { ask, change, prefix }));
  return {
    bucket: name,
    steps: steps.map(({ act: _act, ...step }) => step),
    async apply(onDone) {
      for (const { act, ...step } of steps) {
        if (!act) continue;
        await act();
        onDone?.(step);
      }
    },
    close: () => Promise.resolve(),
  };
}

type Change = (patch: BucketMetadata) => () => Promise<void>;

function planVersioning(metadata: BucketMetadata, change: Change): PlannedStep {
  if (metadata.versioning?.enabled) return same("versioning", "on");
  return {
    setting: "versioning",
    is: "off",
    willBe: "on",
    state: "change",
    note: "old versions are paid for: --expire-old 90d removes them in time",
    act: change({ versioning: { enabled: true } }),
  };
}

/** Google's rules have no name: one with our action and no condition but ours is taken for ours. */
function planLifecycle(
  { lifecycle }: BucketMetadata,
  { abortIncompleteDays, expireOldDays }: BucketWish,
  prefix: string,
  change: Change,
): PlannedStep {
  const rules = lifecycle?.rule ?? [];
  const place = prefix === "" ? {} : { matchesPrefix: [`${prefix}/`] };
  const wished: LifecycleRule[] = [];
  if (abortIncompleteDays !== undefined) {
    const action = { type: "AbortIncompleteMultipartUpload" as const };
    wished.push({ action, condition: { age: abortIncompleteDays, ...place } });
  }
  if (expireOldDays !== undefined) {
    const action = { type: "Delete" as const };
    wished.push({ action, condition: { daysSinceNoncurrentTime: expireOldDays, ...place } });
  }
  const missing = wished.filter((rule) => !rules.some((each) => keyOf(each) === keyOf(rule)));
  if (missing.length === 0) return same("lifecycle", textOf(rules));
  const kept = rules.filter((rule) => !missing.some((each) => shapeOf(each) === shapeOf(rule)));
  const rule = [...kept, ...missing];
  return {
    setting: "lifecycle",
    is: textOf(rules),
    willBe: textOf(rule),
    state: "change",
    ...(expireOldDays === undefined
      ? {}
      : { note: "only old versions expire: current files are removed by plimsoll prune alone" }),
    act: change({ lifecycle: { rule } }),
  };
}

function keyOf({ action, condition }: LifecycleRule): string {
  const sorted = Object.entries(condition ?? {}).sort(([a], [b]) => (a < b ? -1 : 1));
  return JSON.stringify([action.type, sorted]);
}

/** The same without the number of days. */
function shapeOf({ action, condition }: LifecycleRule): string {
  const names = Object.keys(condition ?? {}).sort();
  return JSON.stringify([action.type, names, condition?.matchesPrefix]);
}

function textOf(rules: readonly LifecycleRule[]): string {
  if (rules.length === 0) return "no rules";
  return rules
    .map(({ action, condition }) => {
      const days = condition?.age ?? condition?.daysSinceNoncurrentTime;
      return `${action.type}${days === undefined ? "" : ` ${days}d`}`;
    })
    .join(", ");
}

function planCors(
  { cors = [] }: BucketMetadata,
  origins: readonly string[],
  change: Change,
): PlannedStep {
  const allowed = new Set(
    cors
      .filter(({ method = [] }) => ["GET", "HEAD"].every((each) => method.includes(each)))
      .flatMap(({ origin = [] }) => origin),
  );
  const missing = allowed.has("*") ? [] : origins.filter((origin) => !allowed.has(origin));
  const is = cors.flatMap(({ origin = [] }) => origin).join(", ") || "no origin";
  if (missing.length === 0) return same("CORS", is);
  const rule = {
    origin: missing,
    method: ["GET", "HEAD"],
    responseHeader: ["ETag", "Content-Range", "Content-Length", "Accept-Ranges", "Range"],
    maxAgeSeconds: 3600,
  };
  return {
    setting: "CORS",
    is,
    willBe: [...cors.flatMap(({ origin = [] }) => origin), ...missing].join(", "),
    state: "change",
    act: change({ cors: [...cors, rule] }),
  };
}

async function planPublic(
  bucket: Bucket,
  { iamConfiguration }: BucketMetadata,
  isThere: boolean,
  { ask, change, prefix }: { readonly ask: Ask; readonly change: Change; readonly prefix: string },
): Promise<PlannedStep> {
  const isPrevented = iamConfiguration?.publicAccessPrevention === "enforced";
  const readPolicy = async () =>
    (await ask(() => bucket.iam.getPolicy({ requestedPolicyVersion: 3 })))[0];
  const policy = isThere ? await readPolicy() : undefined;
  const isOpen = (policy?.bindings ?? []).some(
    ({ role, members, condition }) =>
      condition === undefined &&
      members.includes(anyone) &&
      [readerRole, "roles/storage.objectViewer"].includes(role),
  );
  if (isOpen && !isPrevented) return same("public", "anyone may read");
  return {
    setting: "public",
    is: isPrevented ? "private, and public access is prevented" : "private",
    willBe: `anyone may read gs://${bucket.name}`,
    state: "change",
    note:
      prefix === ""
        ? "everything there, present and future, can be downloaded by anyone, at your cost"
        : `Google opens whole buckets only: not just ${prefix}/, everything in it can be downloaded by anyone`,
    act: async () => {
      if (isPrevented) {
        await change({ iamConfiguration: { publicAccessPrevention: "inherited" } })();
      }
      // Read again: it carries the etag that makes the write conditional.
      const current = await readPolicy();
      const bindings = [...(current.bindings ?? []), { role: readerRole, members: [anyone] }];
      await ask(() => bucket.iam.setPolicy({ ...current, bindings }));
    },
  };
}
