import { expect, test } from "@jest/globals";
import { openStore, StorageError } from "@plimsoll/storage";
import { tempDir } from "@plimsoll/testing";
import { openStoreLink } from "./store-link.ts";

const away = (): Promise<never> => Promise.reject(new StorageError("E_NETWORK", "no route"));

test("a store that is out of reach is asked with growing pauses, and one line tells of it", async () => {
  let now = 0;
  let asked = 0;
  const lines: string[] = [];
  const link = openStoreLink({
    url: "s3://user:secret@bucket?endpoint=https://h",
    now: () => now,
    random: () => 0.5,
    log: (line) => lines.push(line),
    open: () => {
      asked += 1;
      return away();
    },
  });
  const times: number[] = [];
  for (; now < 300_000; now += 500) {
    const before = asked;
    await expect(link.use(() => Promise.resolve(1))).rejects.toMatchObject({ code: "E_NETWORK" });
    if (asked > before) times.push(now);
  }
  expect(times.slice(0, 7)).toEqual([0, 1_000, 3_000, 7_000, 15_000, 31_000, 63_000]);
  expect(times[8]).toBe((times[7] ?? 0) + 60_000);
  expect(lines).toEqual(["s3://bucket cannot be reached, tried again in 1 s: no route"]);
  expect(link.state()).toMatchObject({ isReachable: false, error: { code: "E_NETWORK" } });
  expect(JSON.stringify(link.state())).not.toContain("secret");
});

test("a refusal is no outage: the next one is asked at once; a return is told", async () => {
  await using dir = await tempDir();
  let now = 0;
  let isDown = true;
  const lines: string[] = [];
  const link = openStoreLink({
    url: `file://${dir.path}`,
    now: () => now,
    log: (line) => lines.push(line),
    open: (url) => (isDown ? away() : openStore(url, { env: {} })),
  });
  await expect(link.use(() => Promise.resolve(1))).rejects.toMatchObject({ code: "E_NETWORK" });
  isDown = false;
  now = 5_000;
  expect(await link.use((driver) => driver.stat("models/none"))).toBeUndefined();
  expect(lines.at(-1)).toMatch(/^connected to file:/);
  const missing = link.use((driver) => driver.read("models/none"));
  await expect(missing).rejects.toMatchObject({ code: "E_NOT_FOUND" });
  expect(link.state().isReachable).toBe(true);
  await link.close();
});

test("offline, only a folder is opened", async () => {
  const link = openStoreLink({ url: "s3://bucket", offline: true });
  await expect(link.use(() => Promise.resolve(1))).rejects.toMatchObject({
    code: "E_NETWORK",
    message: expect.stringContaining("PLIMSOLL_OFFLINE"),
  });
});
