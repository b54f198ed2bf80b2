import { expect, test } from "@jest/globals";
import { environmentStore } from "./environment-store.ts";

test("MODEL_STORE wins over everything", () => {
  const env = { MODEL_STORE: "gs://b", MODEL_STORAGE_TYPE: "s3", S3_BUCKET: "c" };
  expect(environmentStore(env)).toEqual({ url: "gs://b", variable: "MODEL_STORE" });
});

test("S3_BUCKET alone names the default store", () => {
  expect(environmentStore({ S3_BUCKET: "models" })?.url).toBe("s3://models");
  expect(environmentStore({})).toBeUndefined();
});

test("endpoint and region go into the URL, credentials never", () => {
  const env = {
    MODEL_STORAGE_TYPE: "S3",
    S3_BUCKET: "models",
    S3_ENDPOINT_URL: "https://nyc3.digitaloceanspaces.com",
    S3_REGION: "us-east-1",
    S3_ACCESS_KEY: "id",
    S3_SECRET_KEY: "secret",
  };
  expect(environmentStore(env)?.url).toBe(
    "s3://models?endpoint=https://nyc3.digitaloceanspaces.com&region=us-east-1",
  );
});

test("local is PLIMSOLL_MODELS_DIR, else ./models", () => {
  expect(environmentStore({ MODEL_STORAGE_TYPE: "local" })?.url).toBe("./models");
  const env = { MODEL_STORAGE_TYPE: "local", PLIMSOLL_MODELS_DIR: "store" };
  expect(environmentStore(env)?.url).toBe("./store");
  expect(environmentStore({ ...env, PLIMSOLL_MODELS_DIR: "/srv/store" })?.url).toBe("/srv/store");
});

test("a value that cannot be used is named by its variable", () => {
  const message = (env: Record<string, string>): string => {
    try {
      return environmentStore(env)?.url ?? "";
    } catch (error) {
      return String(error);
    }
  };
  expect(message({ MODEL_STORAGE_TYPE: "ftp" })).toMatch(/MODEL_STORAGE_TYPE: "ftp" is none of/);
  expect(message({ MODEL_STORAGE_TYPE: "s3" })).toMatch(/s3 needs S3_BUCKET/);
  expect(message({ MODEL_STORAGE_TYPE: "huggingface" })).toMatch(/needs MODEL_STORE, e.g. hf:/);
  expect(message({ S3_BUCKET: "s3://b" })).toMatch(/S3_BUCKET: "s3:\/\/b" is not a bucket/);
  expect(message({ S3_BUCKET: "b12", S3_ENDPOINT_URL: "localhost:9000" })).toMatch(
    /S3_ENDPOINT_URL/,
  );
});
