import { expect, test } from "@jest/globals";
import type { HostLimits } from "@plimsoll/storage";
import { planStore } from "./plan-store.ts";

const files = [
  { name: "a.pt", size: 100, present: false },
  { name: "b.pt", size: 50, present: true },
];

test("what is there already is not sent again", () => {
  expect(planStore(files)).toEqual({
    files: 2,
    bytes: 150,
    uploadFiles: 1,
    uploadBytes: 100,
    parts: 1,
    creates: 3,
    requests: 7,
    atLeastSeconds: 0,
    estimatedSeconds: 800 / 100e6,
    hits: [],
  });
  expect(planStore(files, {}, { channel: true }).creates).toBe(4);
});

test("a file over the host's limit is named, unless the host's files are split", () => {
  expect(planStore(files, { maxObjectBytes: 99 }).hits).toEqual([
    {
      limit: "maxObjectBytes",
      kind: "hard",
      message: "a.pt: 100 bytes, the host takes files up to 99",
    },
  ]);
  const split = planStore(files, { maxObjectBytes: 99, splitBytes: 40 });
  expect(split.hits).toMatchObject([
    {
      limit: "maxObjectBytes",
      kind: "split",
      message: expect.stringMatching(/^a\.pt: 100 bytes.* goes in 3 parts/),
    },
  ]);
  expect([split.parts, split.creates]).toEqual([3, 5]);
});

test("too many files, and uploads that the host's rate holds back", () => {
  const many = Array.from({ length: 200 }, (_, index) => ({
    name: `f${index}.pt`,
    size: 1,
    present: false,
  }));
  const plan = planStore(many, {
    maxObjectsPerVersion: 200,
    createsPerMinute: 80,
    createsPerHour: 500,
  });
  expect(plan.hits.map(({ limit, kind }) => [limit, kind])).toEqual([
    ["maxObjectsPerVersion", "hard"],
    ["createsPerMinute", "rate"],
  ]);
  expect(plan.creates).toBe(202);
  expect(plan.atLeastSeconds).toBe(120);
});

const GiB = 2 ** 30;

/** As the drivers state them. */
const github: HostLimits = {
  maxObjectBytes: 2 ** 31 - 1,
  splitBytes: 2_040_109_465,
  maxObjectsPerVersion: 1000,
  createsPerMinute: 80,
  createsPerHour: 500,
  apiCallsPerHour: 5000,
};
const s3: HostLimits = {
  maxObjectBytes: 50_000 * GiB,
  partBytes: 16 * 2 ** 20,
  maxPartBytes: 5 * GiB,
  maxParts: 10_000,
};
const gcs: HostLimits = { maxObjectBytes: 5 * 2 ** 40 };
const huggingface: HostLimits = { maxObjectBytes: 50e9, maxObjectsPerVersion: 10_000 };

/** So many new files of one size. */
const newFiles = (count: number, size: number) =>
  Array.from({ length: count }, (_, index) => ({ name: `f${index}.pt`, size, present: false }));

test.each<[string, HostLimits, number, number, object, readonly string[]]>([
  ["github", github, 3, 1e6, { parts: 3, creates: 5, requests: 10 }, []],
  ["github", github, 1, 5 * GiB, { parts: 3, creates: 5, requests: 8 }, ["maxObjectBytes split"]],
  [
    "github",
    github,
    998,
    1,
    { creates: 1000, atLeastSeconds: 3600 },
    ["createsPerMinute rate", "createsPerHour rate"],
  ],
  [
    "github",
    github,
    999,
    1,
    {},
    ["maxObjectsPerVersion hard", "createsPerMinute rate", "createsPerHour rate"],
  ],
  ["s3", s3, 1, 16 * 2 ** 20, { parts: 1, creates: 3, requests: 6 }, []],
  ["s3", s3, 1, 1 * GiB, { parts: 64, creates: 66, requests: 71 }, []],
  ["s3", s3, 1, 500 * GiB, { parts: 10_000 }, []],
  ["s3", { ...s3, maxPartBytes: GiB }, 1, 10_001 * GiB, {}, ["maxParts hard"]],
  ["gcs", gcs, 1, 6 * 2 ** 40, { parts: 1 }, ["maxObjectBytes hard"]],
  ["huggingface", huggingface, 1, 51e9, {}, ["maxObjectBytes hard"]],
  ["huggingface", huggingface, 9999, 1, {}, ["maxObjectsPerVersion hard"]],
  ["file", {}, 20_000, 1e12, { parts: 20_000, atLeastSeconds: 0 }, []],
])("%s: the plan of %# and the limits that it hits", (_kind, limits, count, size, costs, hits) => {
  const plan = planStore(newFiles(count, size), limits);
  expect(plan).toMatchObject(costs);
  expect(plan.hits.map(({ limit, kind }) => `${limit} ${kind}`)).toEqual(hits);
});

test("a quota of requests of any kind counts too", () => {
  const plan = planStore(newFiles(60, 1), { apiCallsPerHour: 100 });
  expect(plan).toMatchObject({ requests: 124, apiCallsPerHour: 100, atLeastSeconds: 3600 });
  expect(plan.hits).toMatchObject([{ limit: "apiCallsPerHour", kind: "rate" }]);
});

test("the time is that of the line, or of the host's rate where that is longer", () => {
  const time = (bitsPerSecond: number) =>
    planStore(newFiles(200, 1e6), { createsPerMinute: 80 }, { bitsPerSecond }).estimatedSeconds;
  expect(time(1e6)).toBe(1600);
  expect(time(1e9)).toBe(120);
});
