import { describe, expect, test } from "@jest/globals";
import { pathToFileURL } from "node:url";
import type { Driver } from "@plimsoll/storage";
import { tempDir } from "@plimsoll/testing";
import { movePointer } from "./move-pointer.ts";
import { readPointer } from "./read-pointer.ts";
import { openTestStore } from "./testing/open-store.ts";

const move = (driver: Driver, version: string, digit = "a") =>
  movePointer(driver, {
    model: "m",
    channel: "latest",
    version,
    manifest: { checksum: digit.repeat(64), size: 1 },
    issuedAt: new Date("2026-11-21T10:00:00Z"),
  });

/** The same store as a host without a conditional write. */
function withoutSwap(driver: Driver): Driver {
  return {
    stat: (...args) => driver.stat(...args),
    read: (...args) => driver.read(...args),
    write: (...args) => driver.write(...args),
    list: (...args) => driver.list(...args),
    locate: (...args) => driver.locate(...args),
    remove: (...args) => driver.remove(...args),
    close: () => driver.close(),
    kind: driver.kind,
    url: driver.url,
  };
}

describe.each([
  ["a store with a conditional write", (driver: Driver) => driver],
  ["a store without one", withoutSwap],
])("%s", (_name, wrap) => {
  test("moves, counts, remembers, and stays where it is already", async () => {
    await using dir = await tempDir();
    const driver = wrap(await openTestStore(pathToFileURL(dir.path).href));
    expect(await readPointer(driver, "m", "latest")).toBeUndefined();
    expect(await move(driver, "v1.0.0")).toMatchObject({ moved: true, pointer: { sequence: 1 } });
    expect(await move(driver, "v1.0.0")).toMatchObject({ moved: false, pointer: { sequence: 1 } });
    expect(await move(driver, "v1.1.0")).toMatchObject({ moved: true, pointer: { sequence: 2 } });
    const stored = await readPointer(driver, "m", "latest");
    expect(stored?.pointer).toMatchObject({
      version: "v1.1.0",
      history: [{ sequence: 1, version: "v1.0.0" }],
    });
    await driver.close();
  });

  test("S7: of many that move it at once nobody's move is lost", async () => {
    await using dir = await tempDir();
    const driver = wrap(await openTestStore(pathToFileURL(dir.path).href));
    const versions = Array.from({ length: 8 }, (_, index) => `v1.${index}.0`);
    await Promise.all(versions.map((version) => move(driver, version)));
    const stored = await readPointer(driver, "m", "latest");
    expect(stored?.pointer.sequence).toBe(8);
    const seen = [stored?.pointer, ...(stored?.pointer.history ?? [])].map((at) => at?.version);
    expect(seen.sort()).toEqual(versions);
    await driver.close();
  });
});

test("the same version with another manifest is a move", async () => {
  await using dir = await tempDir();
  const driver = await openTestStore(pathToFileURL(dir.path).href);
  await move(driver, "v1.0.0", "a");
  expect(await move(driver, "v1.0.0", "b")).toMatchObject({ moved: true });
  await driver.close();
});
