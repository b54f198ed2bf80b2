import { execFile } from "node:child_process";
import { createHash, randomBytes } from "node:crypto";
import { readFile, writeFile } from "node:fs/promises";
import { setTimeout as sleep } from "node:timers/promises";
import { promisify } from "node:util";

import { CreateBucketCommand, CreateMultipartUploadCommand } from "@aws-sdk/client-s3";
import { describe, expect, test } from "@jest/globals";
import { tempDir } from "@plimsoll/testing";

import { bytesSource } from "../../bytes-source.ts";
import { runConformance } from "../../conformance/index.ts";
import type { Driver } from "../../driver.ts";
import { fileSource } from "../../file-source.ts";
import { parseStoreUrl } from "../../parse-store-url.ts";
import { driverSettings } from "../driver-settings.ts";
import { openS3Store } from "../s3.ts";
import { s3Client } from "./s3-client.ts";
import { readS3Settings } from "./s3-settings.ts";
import { s3Tuning } from "./s3-tuning.ts";

const MiB = 2 ** 20;
const endpoint = process.env["PLIMSOLL_TEST_S3"];
const run = promisify(execFile);

if (endpoint === undefined) {
  test.skip("real S3 server: skipped, PLIMSOLL_TEST_S3 is not set (npm run test:s3 starts one)", () => {});
} else {
  await realSuite(endpoint);
}

async function realSuite(endpoint: string): Promise<void> {
  const bucket = `plimsoll-${randomBytes(6).toString("hex")}`;
  const tuning = {
    ...s3Tuning,
    singleBytes: 4 * MiB,
    partBytes: 5 * MiB,
    copyBytes: 6 * MiB,
    copyPartBytes: 5 * MiB,
  };
  const locationOf = (prefix: string) =>
    parseStoreUrl(`s3://${bucket}/${prefix}?endpoint=${endpoint}`);
  const open = (prefix: string, env = process.env): Promise<Driver> =>
    openS3Store(locationOf(prefix), driverSettings({ env, forWriting: true }), tuning);
  const client = s3Client(readS3Settings(locationOf(""), driverSettings()), s3Tuning, undefined);
  await client.send(new CreateBucketCommand({ Bucket: bucket }));

  let stores = 0;
  describe("conformance", () => undefined);
  await runConformance(
    async () => {
      const prefix = `store-${stores++}`;
      return {
        driver: await open(prefix),
        beginUpload: async (key) => {
          const target = { Bucket: bucket, Key: `${prefix}/${key}` };
          await client.send(new CreateMultipartUploadCommand(target));
        },
      };
    },
    { test, largeBytes: 10 * MiB + 4321, timeoutMs: 60_000 },
  );
}
