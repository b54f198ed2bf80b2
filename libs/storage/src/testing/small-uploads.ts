import { createHash, randomBytes } from "node:crypto";
import { afterEach } from "@jest/globals";
import { fakeS3, type FakeS3, type FakeS3Options } from "@plimsoll/testing";
import type { ByteSource } from "../byte-source.ts";
import { bytesSource } from "../bytes-source.ts";
import type { Driver } from "../driver.ts";
import type { OpenStoreOptions } from "../drivers/driver-factory.ts";
import { driverSettings } from "../drivers/driver-settings.ts";
import { openS3Store } from "../drivers/s3.ts";
import { s3Tuning } from "../drivers/s3/s3-tuning.ts";
import { parseStoreUrl } from "../parse-store-url.ts";

export const KiB = 1024;
/** Small enough for tests, in bytes. */
export const tuning = {
  ...s3Tuning,
  singleBytes: 64 * KiB,
  partBytes: 64 * KiB,
  budgetBytes: 192 * KiB,
  maxAttempts: 3,
};

export const key = "models/m/v1.0.0/weights.onnx";
/** Four parts and some bytes. */
export const bytes = randomBytes(4 * 64 * KiB + 77);
export const sha256 = createHash("sha256").update(bytes).digest("hex");
export const once = { onlyIfAbsent: true, sha256 };

export const source = (content: Uint8Array = bytes): ByteSource =>
  bytesSource(content, "weights.onnx");

/** Fake servers and stores on them whose uploads have parts of 64 KiB; they end with the test that opened them. */
export function smallUploads(): {
  serve(options?: FakeS3Options): Promise<FakeS3>;
  open(
    server: FakeS3,
    options?: OpenStoreOptions & { readonly query?: string; readonly maxAttempts?: number },
  ): Promise<Driver>;
} {
  const ends: (() => Promise<void>)[] = [];
  afterEach(async () => {
    for (const end of ends.splice(0).reverse()) await end();
  });
  return {
    async serve(options = {}) {
      const server = await fakeS3({ minPartBytes: KiB, ...options });
      ends.push(server.close);
      return server;
    },
    async open(server, options = {}) {
      const { query = "conditional=1", maxAttempts = tuning.maxAttempts, ...rest } = options;
      const env = { S3_ACCESS_KEY: server.accessKey, S3_SECRET_KEY: server.secretKey };
      const location = parseStoreUrl(`s3://weights?endpoint=${server.endpoint}&${query}`);
      const settings = driverSettings({ env, ...rest });
      const driver = await openS3Store(location, settings, { ...tuning, maxAttempts });
      ends.push(driver.close);
      return driver;
    },
  };
}
