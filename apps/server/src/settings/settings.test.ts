import { expect, test } from "@jest/globals";
import { parseBytes } from "./parse-bytes.ts";
import { readSettings } from "./settings.ts";

test("without any variable: port 8000 of this machine alone, no token, no store", () => {
  expect(readSettings({})).toEqual({
    port: 8000,
    host: "127.0.0.1",
    logLevel: "info",
    isProduction: false,
    skipSync: false,
    offline: false,
    notes: [],
  });
});

test("V1: an empty variable is an absent one", () => {
  const settings = readSettings({ ADMIN_TOKEN: "", API_KEY: " ", ADMIN_PORT: "", PORT: "" });
  expect(settings).not.toHaveProperty("adminToken");
  expect(settings).not.toHaveProperty("apiKey");
  expect(settings).not.toHaveProperty("adminPort");
  expect(settings.port).toBe(8000);
});

test("every variable of the contract is read", () => {
  const settings = readSettings({
    PORT: "0",
    HOST: "0.0.0.0",
    ADMIN_PORT: "9000",
    ADMIN_TOKEN: "t".repeat(40),
    API_KEY: "key",
    LOG_LEVEL: "WARNING",
    NODE_ENV: "production",
    S3_BUCKET: "atlas-models",
    S3_ENDPOINT_URL: "https://nyc3.example.com",
    S3_REGION: "nyc3",
    S3_MODEL_KEY: "models/a.onnx",
    PLIMSOLL_MODELS_DIR: "./m",
    PLIMSOLL_CACHE_DIR: "/c",
    PLIMSOLL_MEMORY_BUDGET: "512MB",
    PLIMSOLL_OFFLINE: "1",
    SKIP_WEIGHT_SYNC: "true",
    REDIS_URL: "redis://localhost:6379",
    MIN_NEW_SAMPLES: "100",
    PLIMSOLL_SIGNING_KEY: "key.pem",
    DATABASE_URL: "postgres://x",
    ATLAS_ENV: "prod",
  });
  expect(settings).toEqual({
    port: 0,
    host: "0.0.0.0",
    adminPort: 9000,
    adminToken: "t".repeat(40),
    apiKey: "key",
    logLevel: "warn",
    isProduction: true,
    store: "s3://atlas-models?endpoint=https://nyc3.example.com&region=nyc3",
    modelKey: "models/a.onnx",
    modelsDir: "./m",
    cacheDir: "/c",
    memoryBudgetBytes: 536_870_912,
    offline: true,
    skipSync: true,
    redisUrl: "redis://localhost:6379",
    minNewSamples: 100,
    signingKey: "key.pem",
    notes: [expect.stringContaining("DATABASE_URL"), expect.stringContaining("ATLAS_ENV")],
  });
});

test("a value that cannot be used is told in one line that begins with its variable, without the value of a secret", () => {
  const wrong: Readonly<Record<string, string>> = {
    PORT: "80a",
    ADMIN_PORT: "8000",
    LOG_LEVEL: "loud",
    ADMIN_TOKEN: "two words",
    API_KEY: "schlüssel",
    REDIS_URL: "http://secret@host",
    PLIMSOLL_MEMORY_BUDGET: "lots",
    PLIMSOLL_OFFLINE: "maybe",
    MIN_NEW_SAMPLES: "-1",
    S3_BUCKET: "s3://bucket",
    MODEL_STORAGE_TYPE: "ftp",
  };
  for (const [name, value] of Object.entries(wrong)) {
    const error = (() => {
      try {
        return readSettings({ [name]: value });
      } catch (thrown) {
        return thrown;
      }
    })();
    expect(error).toMatchObject({
      code: "E_USAGE",
      message: expect.stringMatching(`^${name}: .+$`),
    });
    if (/TOKEN|KEY|URL/.test(name)) expect((error as Error).message).not.toContain(value);
  }
  const unsafe = { NODE_ENV: "production", NODE_TLS_REJECT_UNAUTHORIZED: "0" };
  expect(() => readSettings(unsafe)).toThrow("NODE_TLS_REJECT_UNAUTHORIZED");
  expect(() => readSettings({ MODEL_STORAGE_TYPE: "gcs" })).toThrow("MODEL_STORE");
  expect(() => readSettings({ MODEL_STORAGE_TYPE: "s3" })).toThrow("S3_BUCKET");
});

test("the store: MODEL_STORE wins, a kind needs its own, local has none", () => {
  expect(readSettings({ MODEL_STORE: "./store", S3_BUCKET: "b" }).store).toBe("./store");
  expect(readSettings({ MODEL_STORAGE_TYPE: "S3", S3_BUCKET: "bucket" }).store).toBe("s3://bucket");
  expect(readSettings({ MODEL_STORAGE_TYPE: "local", S3_BUCKET: "bucket" }).store).toBeUndefined();
});

test("amounts of bytes as hosts write them", () => {
  expect([parseBytes("512MB"), parseBytes("1.5 GiB"), parseBytes("1000")]).toEqual([
    536_870_912, 1_610_612_736, 1000,
  ]);
  expect([parseBytes("0"), parseBytes("MB"), parseBytes("-1MB"), parseBytes("1 TB")]).toEqual(
    Array(4).fill(undefined),
  );
});
