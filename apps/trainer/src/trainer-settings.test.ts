import { expect, test } from "@jest/globals";
import { trainerSettings } from "./trainer-settings.ts";

const REDIS_URL = "redis://localhost:6379";

test("a store by its URL or by its bucket, and a folder to work in", () => {
  expect(trainerSettings({ REDIS_URL, MODEL_STORE: "s3://b/p", PLIMSOLL_WORK_DIR: "/w" })).toEqual({
    redisUrl: REDIS_URL,
    storeUrl: "s3://b/p",
    workRoot: "/w",
    concurrency: 1,
  });
  const named = { REDIS_URL, S3_BUCKET: "b", S3_ENDPOINT_URL: "https://s3.host", S3_REGION: "eu" };
  expect(trainerSettings({ ...named, PLIMSOLL_TRAINER_PARTS: "4" })).toMatchObject({
    storeUrl: expect.stringContaining("s3://b?endpoint=https"),
    featureConcurrency: 4,
  });
});

test.each([
  [{}, "REDIS_URL"],
  [{ REDIS_URL: "localhost" }, "REDIS_URL"],
  [{ REDIS_URL }, "MODEL_STORE"],
  [{ REDIS_URL, MODEL_STORE: "s3://b", PLIMSOLL_TRAINER_RUNS: "many" }, "PLIMSOLL_TRAINER_RUNS"],
])("what cannot be used is named: %j", (env, name) => {
  expect(() => trainerSettings(env)).toThrow(expect.objectContaining({ code: "E_USAGE", message: expect.stringContaining(`${name}: `) }));
});
