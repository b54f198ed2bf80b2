import { mkdir } from "node:fs/promises";
import { afterAll, expect, test } from "@jest/globals";
import { tempDir } from "@plimsoll/testing";
import { type Disks, expectSpace } from "./free-space.ts";

const dir = await tempDir();
afterAll(() => dir[Symbol.asyncDispose]());
const folders = { cache: dir.join("cache"), app: dir.join("app") };
for (const folder of Object.values(folders)) await mkdir(folder);

/** So many bytes are free, on two disks or on one. */
function disks(free: { readonly cache: number; readonly app: number }, isOne = false): Disks {
  return {
    deviceOf: async (folder) => (isOne || folder === folders.cache ? 1 : 2),
    freeBytes: async (folder) => (folder === folders.cache ? free.cache : free.app),
  };
}

test("D1: the disk of the cache needs room for what is fetched", async () => {
  const room = { fetched: 100, placed: 100 };
  await expectSpace(room, folders, disks({ cache: 100, app: 0 }, true));
  await expect(
    expectSpace(room, folders, disks({ cache: 99, app: 1000 }, true)),
  ).rejects.toMatchObject({
    code: "E_LIMIT",
    message: `${folders.cache}: 100 bytes are to come and 99 are free: make room, or move the cache with PLIMSOLL_CACHE_DIR`,
  });
});

test("D1: an app's folder on another disk needs room for what the cache holds, too", async () => {
  const room = { fetched: 0, placed: 100 };
  await expectSpace(room, folders, disks({ cache: 0, app: 100 }));
  await expect(expectSpace(room, folders, disks({ cache: 0, app: 99 }))).rejects.toMatchObject({
    code: "E_LIMIT",
    message: `${folders.app}: 100 bytes are to come and 99 are free: make room, or name a folder on another disk`,
  });
});

test("D1: where nothing is to come nothing is asked", async () => {
  const never: Disks = {
    deviceOf: () => Promise.reject(new Error("asked")),
    freeBytes: () => Promise.reject(new Error("asked")),
  };
  await expectSpace({ fetched: 0, placed: 0 }, folders, never);
});

test("D1: a folder that is not there yet lies on the disk of the closest one above it", async () => {
  const deep = { cache: dir.join("cache/v1/sha256"), app: dir.join("app/weights/m") };
  await expect(
    expectSpace({ fetched: 0, placed: 2 }, deep, disks({ cache: 9, app: 1 })),
  ).rejects.toThrow(folders.app);
});
