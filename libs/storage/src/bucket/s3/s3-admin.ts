import { createHash } from "node:crypto";
import type { S3Client } from "@aws-sdk/client-s3";
import type { DriverSettings } from "../../drivers/driver-factory.ts";
import { s3Client } from "../../drivers/s3/s3-client.ts";
import { s3Code, s3Error, s3Status } from "../../drivers/s3/s3-error.ts";
import { readS3Settings, type S3Settings } from "../../drivers/s3/s3-settings.ts";
import { s3Tuning } from "../../drivers/s3/s3-tuning.ts";
import type { StoreLocation } from "../../store-location.ts";

/** What the settings of one bucket are read and written with. */
export interface S3Admin {
  readonly client: S3Client;
  readonly settings: S3Settings;
  /** `s3://bucket`, for messages. */
  readonly name: string;
  /** The bucket is not there yet: nothing is set. */
  isNew: boolean;
  /** Runs a call; its failure becomes a `StorageError` about the bucket. */
  ask<T>(call: () => Promise<T>): Promise<T>;
  /** The answer, or undefined where the bucket is new or the host answers with one of these codes: nothing is set. */
  read<T>(absent: readonly string[], call: () => Promise<T>): Promise<T | undefined>;
}

/** The host does not know the setting at all. */
export class UnknownSetting extends Error {
  override readonly name = "UnknownSetting";
}

export function s3Admin(location: StoreLocation, driver: DriverSettings): S3Admin {
  const settings = readS3Settings(location, driver);
  const client = s3Client(settings, s3Tuning, driver.ca, driver.env);
  if (settings.host.checksum === "md5") useContentMd5(client);
  const name = `s3://${settings.bucket}`;
  const ask = async <T>(call: () => Promise<T>): Promise<T> => {
    driver.signal?.throwIfAborted();
    try {
      return await call();
    } catch (error) {
      const isUnknown =
        s3Code(error) === "NotImplemented" || [405, 501].includes(s3Status(error) ?? 0);
      if (isUnknown) throw new UnknownSetting(s3Code(error), { cause: error });
      throw s3Error(error, name);
    }
  };
  const admin: S3Admin = {
    client,
    settings,
    name,
    isNew: false,
    ask,
    async read(absent, call) {
      if (admin.isNew) return undefined;
      return await ask(async () => {
        try {
          return await call();
        } catch (error) {
          if (absent.includes(s3Code(error))) return undefined;
          throw error;
        }
      });
    },
  };
  return admin;
}

/** Hosts without additional checksums want `Content-MD5` for the documents of a bucket. */
function useContentMd5(client: S3Client): void {
  client.middlewareStack.add(
    (next) => (args) => {
      const request = args.request as { headers: Record<string, string>; body?: unknown };
      const { body, headers } = request;
      if (typeof body === "string" && body !== "") {
        for (const name of Object.keys(headers)) {
          if (/^x-amz-(?:sdk-)?checksum/i.test(name)) delete headers[name];
        }
        headers["content-md5"] = createHash("md5").update(body).digest("base64");
      }
      return next(args);
    },
    { step: "build", priority: "low", name: "plimsollContentMd5" },
  );
}
