import { expect, test } from "@jest/globals";
import { readSettings } from "./settings.ts";

const base = { REDIS_URL: "redis://localhost:6379", MODEL_STORE: "./store" };

test("a worker needs a Redis and a store, the rest has defaults", () => {
  expect(readSettings({ ...base, PLIMSOLL_CACHE_DIR: "/cache" })).toEqual({
    redisUrl: "redis://localhost:6379",
    storeUrl: "./store",
    workRoot: expect.stringMatching(/cache[/\\]training$/),
    concurrency: 1,
    host: "127.0.0.1",
    isTalkative: true,
  });
});

test("a bucket is named as for the server", () => {
  const settings = readSettings({
    REDIS_URL: "rediss://r",
    S3_BUCKET: "atlas-models",
    S3_ENDPOINT_URL: "https://nyc3.example.com",
    S3_REGION: "nyc3",
    CONCURRENCY: "4",
    PORT: "0",
  });
  expect(settings.storeUrl).toBe("s3://atlas-models?endpoint=https://nyc3.example.com&region=nyc3");
  expect(settings).toMatchObject({ concurrency: 4, port: 0 });
});

test("render.yaml's variables, and a level of the log", () => {
  const env = { REDIS_URL: "redis://r", MODEL_STORAGE_TYPE: "s3", S3_BUCKET: "models" };
  expect(readSettings({ ...env, LOG_LEVEL: "INFO" })).toMatchObject({
    storeUrl: "s3://models",
    isTalkative: true,
  });
  expect(readSettings({ ...env, LOG_LEVEL: "error" }).isTalkative).toBe(false);
});

test.each([
  ["REDIS_URL", { MODEL_STORE: "./store" }],
  ["REDIS_URL", { ...base, REDIS_URL: "http://host" }],
  ["MODEL_STORE", { REDIS_URL: "redis://r" }],
  ["CONCURRENCY", { ...base, CONCURRENCY: "many" }],
  ["PORT", { ...base, PORT: "70000" }],
  ["LOG_LEVEL", { ...base, LOG_LEVEL: "loud" }],
  ["MODEL_STORAGE_TYPE", { REDIS_URL: "redis://r", MODEL_STORAGE_TYPE: "ftp" }],
  ["S3_BUCKET", { REDIS_URL: "redis://r", S3_BUCKET: "s3://b" }],
])("%s that cannot be used is named", (name, env) => {
  expect(() => readSettings(env)).toThrow(new RegExp(`^${name}: `));
});
