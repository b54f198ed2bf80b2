import {
  GetBucketReplicationCommand,
  GetBucketVersioningCommand,
  PutBucketReplicationCommand,
  type ReplicationRule,
} from "@aws-sdk/client-s3";
import { StorageError } from "../../error.ts";
import { type BucketWish, type PlannedStep, same } from "../bucket-plan.ts";
import type { S3Admin } from "./s3-admin.ts";

/** Copies new objects to a second bucket; removals are not copied, so that the copy is a backup. */
export async function planReplication(
  admin: S3Admin,
  { bucket, role }: NonNullable<BucketWish["replicateTo"]>,
  willVersion: boolean,
): Promise<PlannedStep> {
  const { client, settings, name } = admin;
  const target = { Bucket: settings.bucket };
  const found = await admin.read(["ReplicationConfigurationNotFoundError"], () =>
    client.send(new GetBucketReplicationCommand(target)),
  );
  if (!willVersion && (await versioning(admin, settings.bucket)) !== "Enabled") {
    throw new StorageError("E_USAGE", `${name}: replication needs versioning: add --versioning`);
  }
  if ((await versioning(admin, bucket)) !== "Enabled") {
    const way = `plimsoll bucket setup s3://${bucket} --versioning --yes`;
    throw new StorageError("E_USAGE", `s3://${bucket}: a copy needs versioning there too: ${way}`);
  }
  const current = found?.ReplicationConfiguration;
  if (current?.Role !== undefined && current.Role !== "" && current.Role !== role) {
    throw new StorageError(
      "E_CONFLICT",
      `${name}: replicates by the role ${current.Role} already: give that one as --replication-role`,
    );
  }
  const rules = current?.Rules ?? [];
  const arn = `arn:aws:s3:::${bucket}`;
  const isThere = rules.some(
    ({ Status, Destination, Filter, Prefix }) =>
      Status === "Enabled" &&
      Destination?.Bucket === arn &&
      settings.keyPrefix.startsWith(Filter?.Prefix ?? Prefix ?? "") &&
      Filter?.Tag === undefined &&
      Filter?.And === undefined,
  );
  if (isThere) return same("replication", `to s3://${bucket}`);
  const id = `plimsoll-backup:${bucket}/${settings.keyPrefix}`.slice(0, 255);
  const kept = rules.filter(({ ID }) => ID !== id);
  const rule: ReplicationRule = {
    ID: id,
    Status: "Enabled",
    Priority: 1 + Math.max(0, ...kept.map(({ Priority = 0 }) => Priority)),
    Filter: { Prefix: settings.keyPrefix },
    DeleteMarkerReplication: { Status: "Disabled" },
    Destination: { Bucket: arn },
  };
  return {
    setting: "replication",
    is: rules.length === 0 ? "none" : rules.map(({ ID }) => ID ?? "a rule").join(", "),
    willBe: `new objects also to s3://${bucket}`,
    state: "change",
    note: "what is there already is not copied: aws s3 sync does that once",
    act: async () => {
      const ReplicationConfiguration = { Role: role, Rules: [...kept, rule] };
      await admin.ask(() =>
        client.send(new PutBucketReplicationCommand({ ...target, ReplicationConfiguration })),
      );
    },
  };
}

async function versioning(admin: S3Admin, bucket: string): Promise<string | undefined> {
  if (admin.isNew && bucket === admin.settings.bucket) return undefined;
  const command = new GetBucketVersioningCommand({ Bucket: bucket });
  return (await admin.ask(() => admin.client.send(command))).Status;
}
