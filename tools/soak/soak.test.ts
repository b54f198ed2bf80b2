import { expect, jest, test } from "@jest/globals";
import { soak } from "./soak.ts";

jest.setTimeout(60_000);

test("some syncs from a host that cuts, stalls, flips, lies and redirects: never a wrong file", async () => {
  const { faults, syncs, outcomes } = await soak({ syncs: 12, seconds: 30, seed: 5 });
  expect(faults).toEqual([]);
  expect(syncs).toBeGreaterThan(3);
  expect(outcomes["right"]).toBeGreaterThan(0);
});
