import { expect, test } from "@jest/globals";
import type { Driver, UnfinishedUpload } from "@plimsoll/storage";
import { checkLeftovers } from "./check-leftovers.ts";

const noon = Date.UTC(2026, 10, 21, 12);
const options = { now: () => noon, signal: new AbortController().signal };
const store = (...ages: readonly number[]): Driver => {
  async function* unfinished(): AsyncGenerator<UnfinishedUpload> {
    for (const hours of ages) {
      yield { key: "a", id: String(hours), startedAt: new Date(noon - hours * 3_600_000) };
    }
  }
  const multipart = { unfinished, abort: () => Promise.resolve() };
  return { url: "s3://bucket", multipart } as unknown as Driver;
};

test("S4: uploads older than a day are a warning with the command that ends them, younger ones may go on", async () => {
  expect(await checkLeftovers(store(1, 30, 50), options)).toMatchObject({
    state: "warning",
    detail: expect.stringMatching(/^2 uploads older than a day/),
    fix: "plimsoll bucket setup 's3://bucket' --abort-incomplete 7d --yes",
  });
  expect(await checkLeftovers(store(1, 23), options)).toMatchObject({ state: "ok" });
});

test("a store without multipart uploads is not asked", async () => {
  expect(await checkLeftovers({ url: "x" } as unknown as Driver, options)).toBeUndefined();
});
