import { expect, test } from "@jest/globals";
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
    creates: 3,
    atLeastSeconds: 0,
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
  expect(split.hits).toEqual([]);
  expect(split.creates).toBe(5);
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
