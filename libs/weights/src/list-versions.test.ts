import { expect, test } from "@jest/globals";
import { mkdir, writeFile } from "node:fs/promises";
import { dirname } from "node:path";
import { pathToFileURL } from "node:url";
import { tempDir } from "@plimsoll/testing";
import { listModels } from "./list-models.ts";
import { listVersions } from "./list-versions.ts";
import { openTestStore } from "./testing/open-store.ts";

async function store(dir: { path: string; join(path: string): string }, keys: readonly string[]) {
  for (const key of keys) {
    await mkdir(dirname(dir.join(key)), { recursive: true });
    await writeFile(dir.join(key), "x");
  }
  return await openTestStore(pathToFileURL(dir.path).href);
}

test("models are listed by name, and nothing else is", async () => {
  await using dir = await tempDir();
  const driver = await store(dir, [
    "models/yolov8m/v1.0.0/manifest.json",
    "models/audio/latest/a.pth",
    "models/Not A Model/x.pt",
    "models/stray.json",
    "datasets/birds/index.ndjson",
  ]);
  expect(await listModels(driver)).toEqual(["audio", "yolov8m"]);
  await driver.close();
});

test("versions newest first; without a manifest they are unpinned", async () => {
  await using dir = await tempDir();
  const driver = await store(dir, [
    "models/m/v1.9.0/manifest.json",
    "models/m/v1.10.0/manifest.json",
    "models/m/v1.10.0-rc.1/manifest.json",
    "models/m/v2.0.0/m.pt",
    "models/m/latest/m.pt",
    "models/m/channels/latest.json",
    "models/m/replicas/a.json",
    "models/m/metadata.json",
  ]);
  const versions = await listVersions(driver, "m");
  expect(versions.map(({ version, state }) => [version, state])).toEqual([
    ["v2.0.0", "unpinned"],
    ["v1.10.0", "published"],
    ["v1.10.0-rc.1", "published"],
    ["v1.9.0", "published"],
    ["latest", "unpinned"],
  ]);
  expect(versions[1]?.publishedAt).toBeInstanceOf(Date);
  expect(await listVersions(driver, "other")).toEqual([]);
  await driver.close();
});
