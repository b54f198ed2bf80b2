import { expect, test } from "@jest/globals";
import { fakeGithub } from "@plimsoll/testing";

import { githubTrials, put, textOf } from "./testing/github-trial.ts";

const githubTrial = githubTrials(fakeGithub);

const key = "models/m/v1.0.0/w.onnx";
const secondary = "You have exceeded a secondary rate limit.";

test.each([
  ["retry-after", 403, { "retry-after": "7" }, secondary, 7000],
  ["429 with retry-after", 429, { "retry-after": "3" }, "Too many", 3000],
  ["a secondary limit that names no time", 403, {}, secondary, 60_000],
  ["502", 502, {}, "Server Error", 1000],
])("N17: %s is waited for, then it goes on", async (_name, status, headers, message, waited) => {
  for (const host of ["api", "uploads"]) {
    await using trial = await githubTrial();
    trial.server.script((request, attempt) =>
      request.host === host && request.method === "POST" && attempt === 1
        ? { status, headers, message }
        : undefined,
    );
    await put(trial.driver, key, "weights");
    expect(await textOf(trial.driver, key)).toBe("weights");
    expect(trial.waits).toEqual([waited]);
    expect(trial.lines).toHaveLength(status === 502 ? 0 : 1);
  }
});

test("the hour's quota: waits for x-ratelimit-reset, and says for how long", async () => {
  await using trial = await githubTrial({ hourlyLimit: 4 });
  await put(trial.driver, key, "weights");
  const [wait = 0] = trial.waits;
  expect(wait).toBeGreaterThan(3_590_000);
  expect(wait).toBeLessThan(3_610_000);
  expect(trial.lines[0]).toMatch(/rate limit, going on in 3\d{3} s/);
});

test("a limit that ends too late is E_LIMIT with the time", async () => {
  await using trial = await githubTrial();
  trial.server.script(() => ({ status: 403, headers: { "retry-after": "9000" }, message: "wait" }));
  await expect(trial.driver.stat(key)).rejects.toMatchObject({
    code: "E_LIMIT",
    message: expect.stringContaining("9000 s"),
  });
  expect(trial.waits).toEqual([]);
});

test("a refusal that is none of the rate is not repeated", async () => {
  await using trial = await githubTrial();
  trial.server.script(() => ({ status: 403, message: "Resource not accessible" }));
  await expect(put(trial.driver, key, "weights")).rejects.toMatchObject({ code: "E_AUTH" });
  expect(trial.server.requests).toHaveLength(1);
});

test("a connection that breaks is tried again; S7: a swap whose answer was lost is done, not lost", async () => {
  await using trial = await githubTrial();
  const { driver, server } = trial;
  const channel = "models/m/channels/production.json";
  await driver.swap?.(channel, Buffer.from("1"), { expected: null });
  server.script((request, attempt) =>
    request.method === "PUT" && attempt === 2 ? { dropAnswer: true } : undefined,
  );
  const seen = await driver.stat(channel);
  const swapped = await driver.swap?.(channel, Buffer.from("2"), { expected: seen?.etag ?? "" });
  expect(server.branchFile(channel)).toBe("2");
  expect((await driver.stat(channel))?.etag).toBe(swapped?.etag);
});

test("S7: stores of several processes swap one channel, and no step is lost", async () => {
  await using trial = await githubTrial();
  const channel = "models/m/channels/production.json";
  await trial.driver.swap?.(channel, Buffer.from("0"), { expected: null });
  const count = async (): Promise<void> => {
    const driver = await trial.open();
    for (let step = 0; step < 3;) {
      const { stat } = await driver.read(channel);
      const next = String(Number(await textOf(driver, channel)) + 1);
      const done = await driver
        .swap?.(channel, Buffer.from(next), { expected: stat.etag ?? "" })
        .then(
          () => true,
          (error: unknown) => {
            expect(error).toMatchObject({ code: "E_CONFLICT" });
            return false;
          },
        );
      if (done) step += 1;
    }
  };
  await Promise.all([count(), count(), count()]);
  expect(trial.server.branchFile(channel)).toBe("9");
});
