import { expect, test } from "@jest/globals";
import { estimate, trafficOf, type Usage } from "./estimate.ts";
import { type HostPrices, prices } from "./prices.ts";

const MiB = 2 ** 20;
const usage: Usage = {
  sizes: [500 * MiB],
  downloads: 1,
  versions: 1,
  publishes: 0,
  requestBytes: 4 * MiB,
  partBytes: 16 * MiB,
};
const hostOf = (name: string): HostPrices => {
  const found = prices.find(({ host }) => host === name);
  if (!found) throw new Error(name);
  return found;
};

test("the example of the guides: 500 MB on S3 and on Google", () => {
  const s3 = estimate(hostOf("Amazon S3"), trafficOf(usage));
  expect(s3.storage?.toFixed(2)).toBe("0.01");
  expect(s3.egress?.toFixed(3)).toBe("0.044");
  const gcs = estimate(hostOf("Google Cloud Storage"), trafficOf(usage));
  expect([gcs.storage?.toFixed(2), gcs.egress?.toFixed(2)]).toEqual(["0.01", "0.06"]);
});

test("the example of the guides: three models of 50 MB, 1,000 downloads, $5 at DigitalOcean", () => {
  const traffic = trafficOf({
    ...usage,
    sizes: [50, 50, 50].map((mb) => mb * MiB),
    downloads: 1000,
  });
  expect(traffic.egressGb).toBeCloseTo(146.5, 1);
  expect(estimate(hostOf("DigitalOcean Spaces"), traffic).total).toBe(5);
});

test("beyond what a plan includes every GB counts", () => {
  const traffic = trafficOf({ ...usage, sizes: [1024 * MiB], downloads: 1124, versions: 300 });
  const spaces = estimate(hostOf("DigitalOcean Spaces"), traffic);
  expect(spaces.storage).toBeCloseTo(5 + 50 * 0.02);
  expect(spaces.egress).toBeCloseTo(100 * 0.01);
});

test("requests: parts of uploads with their two ends, ranges of downloads, documents", () => {
  const traffic = trafficOf({ ...usage, sizes: [40 * MiB, 10], downloads: 2, publishes: 3 });
  expect(traffic.writes).toBe(3 * (3 + 2 + 1 + 2));
  expect(traffic.reads).toBe(2 * (10 + 1 + 1));
});

test("what is not known is not guessed: no total without every part", () => {
  const unknown = { host: "new", asOf: "2026-11", egressPerGb: 0, note: "" };
  expect(estimate(unknown, trafficOf(usage))).toEqual({
    host: "new",
    storage: undefined,
    requests: undefined,
    egress: 0,
    total: undefined,
  });
});

test("requests that a plan includes are free", () => {
  const r2 = hostOf("Cloudflare R2");
  const traffic = { storedGb: 30, egressGb: 5000, writes: 1_002_000, reads: 9_000_000 };
  const found = estimate(r2, traffic);
  expect([found.storage, found.egress, found.requests]).toEqual([
    expect.closeTo(0.3),
    0,
    expect.closeTo(0.009),
  ]);
});

test("every price has its date", () => {
  for (const { asOf } of prices) expect(asOf).toMatch(/^20\d\d-(0[1-9]|1[0-2])$/);
});
