import { CreateMultipartUploadCommand } from "@aws-sdk/client-s3";
import { test } from "@jest/globals";
import { ceph16Powers, fakeS3, fullPowers } from "@plimsoll/testing";

import { runConformance, type TestFunction } from "../conformance/index.ts";
import { parseStoreUrl } from "../parse-store-url.ts";
import { driverSettings } from "./driver-settings.ts";
import { openS3Store } from "./s3.ts";
import { s3Client } from "./s3/s3-client.ts";
import { readS3Settings } from "./s3/s3-settings.ts";
import { s3Tuning } from "./s3/s3-tuning.ts";

/** Small parts, so that a few hundred KiB are a multipart upload. */
const tuning = {
  ...s3Tuning,
  singleBytes: 100_000,
  partBytes: 65_536,
  copyBytes: 200_000,
  copyPartBytes: 65_536,
};

/** A host that has everything, and one on which every fall-back is needed. */
const hosts = [
  {
    name: "all conditional writes and checksums",
    powers: fullPowers,
    query: "&checksum=crc32&conditional=1",
  },
  { name: "Ceph 16", powers: ceph16Powers, query: "" },
] as const;

for (const { name, powers, query } of hosts) {
  const named: TestFunction = Object.assign(
    (title: string, run: () => Promise<void>, timeoutMs?: number) =>
      test(`${name}: ${title}`, run, timeoutMs),
    { skip: (title: string, run: () => Promise<void>) => test.skip(`${name}: ${title}`, run) },
  );
  await runConformance(
    async () => {
      const server = await fakeS3({ powers, minPartBytes: 1024 });
      const env = { S3_ACCESS_KEY: server.accessKey, S3_SECRET_KEY: server.secretKey };
      const url = `s3://weights/some/prefix?endpoint=${server.endpoint}${query}`;
      const location = parseStoreUrl(url);
      const settings = driverSettings({ env, forWriting: true });
      const driver = await openS3Store(location, settings, tuning);
      const client = s3Client(readS3Settings(location, settings), tuning, undefined, {});
      return {
        driver,
        requests: () => server.requests.length,
        beginUpload: async (key) => {
          const target = { Bucket: "weights", Key: `some/prefix/${key}` };
          await client.send(new CreateMultipartUploadCommand(target));
        },
        dispose: async () => {
          client.destroy();
          await server.close();
        },
      };
    },
    { test: named, largeBytes: 400_000 },
  );
}
