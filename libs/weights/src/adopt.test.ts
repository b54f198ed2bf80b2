import { afterEach, beforeEach, expect, test } from "@jest/globals";
import { createHash } from "node:crypto";
import { readFile, writeFile } from "node:fs/promises";
import type { Driver } from "@plimsoll/storage";
import { adoptFolders } from "./adopt.ts";
import { publishWeights } from "./publish.ts";
import { readPointer } from "./read-pointer.ts";
import { readRelease } from "./read-release.ts";
import { syncWeights } from "./sync.ts";
import { openTestStore } from "./testing/open-store.ts";
import { workplace, type Workplace } from "./testing/weights-folder.ts";

let place: Workplace;
let driver: Driver;
const net = Buffer.alloc(200_000, 7);
const digest = createHash("sha256").update(net).digest("hex");
beforeEach(async () => {
  place = await workplace();
  // As the older projects fill their bucket: the same file copied to a version and to latest/.
  await place.fill(
    {
      "models/yolov8m/v1.0.0/yolov8m.pt": "old",
      "models/yolov8m/v2.0.0/yolov8m.pt": net,
      "models/yolov8m/latest/yolov8m.pt": net,
      "models/yolov8m/metadata.json": JSON.stringify({ version: "2.0.0", accuracy: 0.91 }),
      "models/audio/latest/audio.pth": "sound",
      "models/audio/v0.1.0/notes.txt": "no weights",
    },
    place.dir.join("store"),
  );
  driver = await openTestStore(place.store);
});
afterEach(async () => {
  await driver.close();
  await place[Symbol.asyncDispose]();
});

const outcomes = async (options: Parameters<typeof adoptFolders>[1]) =>
  (await adoptFolders(driver, options)).map(({ model, version, outcome, equals }) =>
    [model, version, outcome, equals].filter((each) => each !== undefined).join(" "),
  );

test("lists what is unpinned, and writes nothing unless told", async () => {
  expect(await outcomes({})).toEqual([
    "audio v0.1.0 reported",
    "audio latest unpinned",
    "yolov8m v1.0.0 unpinned",
    "yolov8m v2.0.0 unpinned",
    "yolov8m latest unpinned",
  ]);
  expect(await driver.stat("models/yolov8m/v2.0.0/manifest.json")).toBeUndefined();
});

test("pins every version, makes latest/ a channel, and a second run finds nothing to do", async () => {
  expect(await outcomes({ model: "yolov8m", write: true })).toEqual([
    "yolov8m v1.0.0 adopted",
    "yolov8m v2.0.0 adopted",
    "yolov8m latest channel v2.0.0",
  ]);
  const { manifest } = await readRelease(driver, "yolov8m", "v2.0.0");
  expect(manifest.manifest.weights.get("yolov8m.pt")).toMatchObject({
    checksum: digest,
    size: net.length,
    required: true,
  });
  expect(manifest.manifest.metadata).toMatchObject({
    version: "v2.0.0",
    accuracy: 0.91,
    sha256: digest,
  });
  // The model's document is about v2.0.0 and says nothing of v1.0.0.
  const older = await readRelease(driver, "yolov8m", "v1.0.0");
  expect(older.manifest.manifest.metadata).not.toHaveProperty("accuracy");
  expect(await outcomes({ model: "yolov8m", write: true })).toEqual(["yolov8m latest same v2.0.0"]);

  const { cache, app, store } = place;
  await syncWeights({ from: store, model: "yolov8m", dir: app, cache });
  expect((await readFile(`${app}/yolov8m.pt`)).equals(net)).toBe(true);
});

test("latest/ with bytes of no version is reported; a channel that exists is never moved", async () => {
  expect(await outcomes({ model: "audio", write: true })).toEqual([
    "audio v0.1.0 reported",
    "audio latest reported",
  ]);
  expect(await readPointer(driver, "audio", "latest")).toBeUndefined();

  await adoptFolders(driver, { model: "yolov8m", write: true });
  const path = place.dir.join("store/models/yolov8m/latest/yolov8m.pt");
  await writeFile(path, "old");
  const [found] = await adoptFolders(driver, { model: "yolov8m", write: true });
  expect(found).toMatchObject({ outcome: "reported", equals: "v1.0.0" });
  expect((await readPointer(driver, "yolov8m", "latest"))?.pointer.version).toBe("v2.0.0");
});

test("a publish that did not finish is not adopted: its files may be incomplete", async () => {
  await place.fill({ "a.npz": "a" });
  await publishWeights({
    from: [place.weights],
    to: [place.store],
    release: "v1.0.0",
    model: "m",
    hold: true,
    cache: false,
  });
  expect(await outcomes({ model: "m", write: true })).toEqual(["m v1.0.0 unfinished"]);
  expect(await driver.stat("models/m/v1.0.0/manifest.json")).toBeUndefined();
});

test("a file that changes while it is read is E_CONFLICT, and nothing is pinned", async () => {
  const path = place.dir.join("store/models/yolov8m/v2.0.0/yolov8m.pt");
  const changing: Driver = {
    ...driver,
    async read(key, options) {
      const reply = await driver.read(key, options);
      if (!key.includes("v2.0.0")) return reply;
      const body = (async function* () {
        yield* reply.body;
        await writeFile(path, Buffer.alloc(net.length, 9));
      })();
      return { ...reply, body };
    },
  };
  await expect(adoptFolders(changing, { model: "yolov8m", write: true })).rejects.toMatchObject({
    code: "E_CONFLICT",
  });
  expect(await driver.stat("models/yolov8m/v2.0.0/manifest.json")).toBeUndefined();
});

test("an LFS pointer and a model that is not there are refused", async () => {
  await place.fill(
    {
      "models/lfs/v1.0.0/a.pt": `version https://git-lfs.github.com/spec/v1\noid sha256:${digest}\nsize 5\n`,
    },
    place.dir.join("store"),
  );
  await expect(adoptFolders(driver, { model: "lfs", write: true })).rejects.toMatchObject({
    code: "E_LFS_POINTER",
  });
  await expect(adoptFolders(driver, { model: "nobody" })).rejects.toMatchObject({
    code: "E_NOT_FOUND",
  });
});
