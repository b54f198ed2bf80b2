import { expect, test } from "@jest/globals";
import { mkdir, writeFile } from "node:fs/promises";
import { dirname } from "node:path";
import { pathToFileURL } from "node:url";
import { sha256, writeManifest } from "@plimsoll/manifest";
import { faultyServer, tempDir, type TempDir } from "@plimsoll/testing";
import { movePointer } from "./move-pointer.ts";
import { readRelease } from "./read-release.ts";
import { openTestStore } from "./testing/open-store.ts";

function manifestOf(model: string, release: string): Uint8Array {
  const entry = {
    checksum: "a".repeat(64),
    required: true,
    size: 1,
    url: "https://h.example/a.pt",
  };
  return writeManifest({ version: "2.0", model, release, weights: new Map([["a.pt", entry]]) });
}

async function put(dir: TempDir, key: string, bytes: Uint8Array | string): Promise<void> {
  await mkdir(dirname(dir.join(key)), { recursive: true });
  await writeFile(dir.join(key), bytes);
}

const open = async (dir: TempDir) => await openTestStore(pathToFileURL(dir.path).href);

test("a version by name, the channel's, else the newest that is published", async () => {
  await using dir = await tempDir();
  for (const release of ["v1.0.0", "v1.1.0", "v2.0.0"]) {
    await put(dir, `models/m/${release}/manifest.json`, manifestOf("m", release));
  }
  await put(dir, "models/m/v3.0.0/a.pt", "unfinished");
  const driver = await open(dir);
  expect((await readRelease(driver, "m", "v1.0.0")).version).toBe("v1.0.0");
  expect((await readRelease(driver, "m")).version).toBe("v2.0.0");
  const bytes = manifestOf("m", "v1.1.0");
  await movePointer(driver, {
    model: "m",
    channel: "latest",
    version: "v1.1.0",
    manifest: { checksum: sha256(bytes), size: bytes.length },
    issuedAt: new Date(),
  });
  const followed = await readRelease(driver, "m");
  expect(followed).toMatchObject({ version: "v1.1.0", pinned: true, pointer: { sequence: 1 } });
  await driver.close();
});

test("what is not there is told together with what is", async () => {
  await using dir = await tempDir();
  await put(dir, "models/m/v1.0.0/manifest.json", manifestOf("m", "v1.0.0"));
  const driver = await open(dir);
  await expect(readRelease(driver, "m", "v9.0.0")).rejects.toMatchObject({
    code: "E_NOT_FOUND",
    message: expect.stringContaining("which has v1.0.0"),
  });
  await expect(
    readRelease(driver, "m", undefined, { channel: "production" }),
  ).rejects.toMatchObject({
    code: "E_NOT_FOUND",
    message: expect.stringContaining("no channel production"),
  });
  await expect(readRelease(driver, "other")).rejects.toMatchObject({ code: "E_NOT_FOUND" });
  await driver.close();
});

test.each([
  ["another version", manifestOf("m", "v1.0.1")],
  ["another model", manifestOf("other", "v1.0.0")],
])("M21: a manifest of %s is refused where it lies", async (_what, bytes) => {
  await using dir = await tempDir();
  await put(dir, "models/m/v1.0.0/manifest.json", bytes);
  const driver = await open(dir);
  await expect(readRelease(driver, "m", "v1.0.0")).rejects.toMatchObject({ code: "E_MISMATCH" });
  await driver.close();
});

test("M21: a 2.0 manifest that says neither is refused, a 1.0 one cannot say it", async () => {
  await using dir = await tempDir();
  const text = (version: string) =>
    JSON.stringify({
      version,
      weights: {
        "a.pt": { url: "https://h.example/a", size_mb: 1, checksum: "a".repeat(64), size: 1 },
      },
    });
  await put(dir, "models/m/v1.0.0/manifest.json", text("2.0"));
  await put(dir, "models/m/v1.1.0/manifest.json", text("1.0"));
  const driver = await open(dir);
  await expect(readRelease(driver, "m", "v1.0.0")).rejects.toMatchObject({ code: "E_MISMATCH" });
  expect((await readRelease(driver, "m", "v1.1.0")).pinned).toBe(true);
  await driver.close();
});

test("a manifest that is not the one the channel pins is refused", async () => {
  await using dir = await tempDir();
  await put(dir, "models/m/v1.0.0/manifest.json", manifestOf("m", "v1.0.0"));
  const driver = await open(dir);
  await movePointer(driver, {
    model: "m",
    channel: "latest",
    version: "v1.0.0",
    manifest: { checksum: "b".repeat(64), size: 5 },
    issuedAt: new Date(),
  });
  await expect(readRelease(driver, "m")).rejects.toMatchObject({ code: "E_DIGEST" });
  await driver.close();
});

test("a folder that was filled by hand is read as unpinned", async () => {
  await using dir = await tempDir();
  await put(dir, "models/yolov8m/latest/yolov8m.pt", "weights");
  await put(dir, "models/yolov8m/latest/notes.txt", "not weights");
  const driver = await open(dir);
  const release = await readRelease(driver, "yolov8m");
  expect(release).toMatchObject({ version: "latest", pinned: false });
  expect([...release.manifest.manifest.weights.keys()]).toEqual(["yolov8m.pt"]);
  await driver.close();
});

test("M15: a manifest beyond 4 MiB is not read to its end", async () => {
  await using dir = await tempDir();
  await put(dir, "models/m/v1.0.0/manifest.json", Buffer.alloc(4 * 1024 * 1024 + 1, " "));
  const driver = await open(dir);
  await expect(readRelease(driver, "m", "v1.0.0")).rejects.toMatchObject({ code: "E_LIMIT" });
  await driver.close();
});

test("a plain web server has no list: a version can be named, and a channel followed", async () => {
  const bytes = manifestOf("m", "v1.0.0");
  await using server = await faultyServer({
    files: { "/models/m/v1.0.0/manifest.json": bytes },
  });
  const driver = await openTestStore(server.origin);
  expect((await readRelease(driver, "m", "v1.0.0")).pinned).toBe(true);
  await expect(readRelease(driver, "m")).rejects.toMatchObject({
    code: "E_NOT_FOUND",
    message: expect.stringContaining("name a version"),
  });
  await expect(readRelease(driver, "m", "v2.0.0")).rejects.toMatchObject({ code: "E_NOT_FOUND" });
  await driver.close();
});
