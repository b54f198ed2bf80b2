import {
  type BucketLocationConstraint,
  CreateBucketCommand,
  GetBucketVersioningCommand,
  HeadBucketCommand,
  PutBucketVersioningCommand,
} from "@aws-sdk/client-s3";
import type { DriverSettings } from "../../drivers/driver-factory.ts";
import { s3Status } from "../../drivers/s3/s3-error.ts";
import { StorageError } from "../../error.ts";
import type { StoreLocation } from "../../store-location.ts";
import {
  type BucketPlan,
  type BucketStep,
  type BucketWish,
  type PlannedStep,
  same,
} from "../bucket-plan.ts";
import { planCors } from "./plan-cors.ts";
import { planLifecycle } from "./plan-lifecycle.ts";
import { planPublicRead } from "./plan-public-read.ts";
import { planReplication } from "./plan-replication.ts";
import { type S3Admin, s3Admin, UnknownSetting } from "./s3-admin.ts";

/** `planBucket` for Amazon S3 and hosts that speak its protocol. */
export async function planS3Bucket(
  location: StoreLocation,
  wish: BucketWish,
  driver: DriverSettings,
): Promise<BucketPlan> {
  const admin = s3Admin(location, driver);
  try {
    const steps: PlannedStep[] = [await planExistence(admin)];
    const add = async (
      setting: BucketStep["setting"],
      plan: () => Promise<PlannedStep>,
    ): Promise<void> => {
      steps.push(await plan().catch((error: unknown) => unsupported(setting, error)));
    };
    if (wish.versioning) await add("versioning", () => planVersioning(admin));
    if (wish.abortIncompleteDays !== undefined || wish.expireOldDays !== undefined) {
      await add("lifecycle", () => planLifecycle(admin, wish));
    }
    if (wish.corsOrigins?.length) await add("CORS", () => planCors(admin, wish.corsOrigins ?? []));
    if (wish.public) await add("public", () => planPublicRead(admin));
    const { replicateTo } = wish;
    if (replicateTo) {
      const willVersion = wish.versioning === true;
      await add("replication", () => planReplication(admin, replicateTo, willVersion));
    }
    return {
      bucket: admin.name,
      steps: steps.map(({ act: _act, ...step }) => step),
      async apply(onDone) {
        for (const { act, ...step } of steps) {
          if (!act) continue;
          await act().catch((error: unknown) => {
            throw refusal(admin.name, step, error);
          });
          onDone?.(step);
        }
      },
      close() {
        admin.client.destroy();
        return Promise.resolve();
      },
    };
  } catch (error) {
    admin.client.destroy();
    throw error;
  }
}

/** Some hosts list a setting that they then refuse. */
function refusal(name: string, { setting }: BucketStep, error: unknown): unknown {
  if (!(error instanceof UnknownSetting)) return error;
  const way = "leave it out; what was set before it stays";
  return new StorageError(
    "E_USAGE",
    `${name}: the host has no ${setting} (${error.message}): ${way}`,
    {
      cause: error,
    },
  );
}

function unsupported(setting: BucketStep["setting"], error: unknown): PlannedStep {
  if (!(error instanceof UnknownSetting)) throw error;
  const note = `the host has no such setting (${error.message})`;
  return {
    setting,
    is: "not known to this host",
    willBe: "not known to this host",
    state: "unsupported",
    note,
  };
}

async function planExistence(admin: S3Admin): Promise<PlannedStep> {
  const { client, settings } = admin;
  const target = { Bucket: settings.bucket };
  const isThere = await admin.ask(async () => {
    try {
      await client.send(new HeadBucketCommand(target));
      return true;
    } catch (error) {
      if (s3Status(error) === 404) return false;
      throw error;
    }
  });
  if (isThere) return same("bucket", "there");
  admin.isNew = true;
  // Amazon refuses the name of its oldest region here, and asks for every other.
  const region = settings.endpoint === undefined ? settings.region : undefined;
  const constraint =
    region === undefined || region === "us-east-1"
      ? {}
      : {
          CreateBucketConfiguration: { LocationConstraint: region as BucketLocationConstraint },
        };
  return {
    setting: "bucket",
    is: "absent",
    willBe: `created${region === undefined ? "" : ` in ${region}`}`,
    state: "change",
    act: async () => {
      await admin.ask(() => client.send(new CreateBucketCommand({ ...target, ...constraint })));
      admin.isNew = false;
    },
  };
}

async function planVersioning(admin: S3Admin): Promise<PlannedStep> {
  const { client, settings } = admin;
  const target = { Bucket: settings.bucket };
  const found = await admin.read([], () => client.send(new GetBucketVersioningCommand(target)));
  if (found?.Status === "Enabled") return same("versioning", "on");
  return {
    setting: "versioning",
    is: found?.Status === "Suspended" ? "suspended" : "off",
    willBe: "on",
    state: "change",
    note: "old versions are paid for: --expire-old 90d removes them in time",
    act: async () => {
      const VersioningConfiguration = { Status: "Enabled" as const };
      await admin.ask(() =>
        client.send(new PutBucketVersioningCommand({ ...target, VersioningConfiguration })),
      );
    },
  };
}
