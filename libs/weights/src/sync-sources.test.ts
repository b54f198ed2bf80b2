import { expect, test } from "@jest/globals";
import { readdir, readFile, writeFile } from "node:fs/promises";
import { parseManifest, sha256 } from "@plimsoll/manifest";
import { faultyServer } from "@plimsoll/testing";
import { syncWeights } from "./sync.ts";
import {
  entry,
  manifestText,
  serveTexts,
  syncLocal,
  type Entry,
} from "./testing/local-manifest.ts";
import { workplace } from "./testing/weights-folder.ts";

const fast = { tries: 2, backoff: { baseMs: 1, capMs: 2 } };
const pointer = (text: string): string =>
  `version https://git-lfs.github.com/spec/v1\noid sha256:${sha256(Buffer.from(text))}\nsize ${text.length}\n`;

test("a manifest at a URL: relative locations, and the manifest stays beside the weights", async () => {
  await using place = await workplace();
  const text = manifestText({ "a.pt": entry("aa", "./files/a.pt") });
  await using server = await serveTexts({ "/w/manifest.json": text, "/w/files/a.pt": "aa" });
  const options = { from: server.url("/w/manifest.json"), dir: place.app, cache: place.cache };
  await syncWeights(options);
  expect(await readFile(`${place.app}/a.pt`, "utf8")).toBe("aa");
  expect(await readFile(`${place.app}/manifest.json`, "utf8")).toBe(text);
  const before = server.requests.length;
  await syncWeights(options);
  expect(server.requests.length - before).toBe(1);
});

test("N15: a manifest that does not come at once is asked for again, one that is not there is not", async () => {
  await using place = await workplace();
  const text = manifestText({ "a.pt": entry("aa", "./a.pt") });
  await using server = await serveTexts({ "/manifest.json": text, "/a.pt": "aa" });
  server.script("/manifest.json", [{ status: 503 }, { cutAfter: 10 }]);
  const options = { dir: place.app, cache: place.cache, fetch: { ...fast, tries: 3 } };
  await syncWeights({ from: server.url("/manifest.json"), ...options });
  expect(server.of("/manifest.json").map(({ status }) => status)).toEqual([503, 200, 200]);
  await expect(syncWeights({ from: server.url("/other.json"), ...options })).rejects.toMatchObject({
    code: "E_NOT_FOUND",
  });
  expect(server.of("/other.json")).toHaveLength(1);
});

test("a proven folder makes no request at all", async () => {
  await using place = await workplace();
  await using server = await serveTexts({ "/a.pt": "aa" });
  const weights = { "a.pt": entry("aa", server.url("/a.pt")) };
  await syncLocal(place, weights);
  const before = server.requests.length;
  const again = await syncLocal(place, weights);
  expect(again.files).toMatchObject([{ name: "a.pt", outcome: "unchanged" }]);
  expect(server.requests.length).toBe(before);
});

test("S10: a mirror delivers where the first URL is dead, and where it has other bytes", async () => {
  await using place = await workplace();
  await using bad = await serveTexts({ "/b.pt": "BB" });
  await using good = await serveTexts({ "/a.pt": "aa", "/b.pt": "bb" });
  const result = await syncLocal(place, {
    "a.pt": entry("aa", bad.url("/a.pt"), { mirrors: [good.url("/a.pt")] }),
    "b.pt": entry("bb", bad.url("/b.pt"), { mirrors: [good.url("/b.pt")] }),
  });
  expect(result.files.map(({ outcome }) => outcome)).toEqual(["fetched", "fetched"]);
  expect(await readFile(`${place.app}/a.pt`, "utf8")).toBe("aa");
  expect(await readFile(`${place.app}/b.pt`, "utf8")).toBe("bb");
});

test("a dead URL of an optional file is a warning, of a required one an error after all others came", async () => {
  await using place = await workplace();
  await using server = await serveTexts({ "/b.pt": "b" });
  const dead = server.url("/dead.pt");
  const optional = await syncLocal(place, {
    "a.pt": entry("a", dead, { required: false }),
    "b.pt": entry("b", server.url("/b.pt")),
  });
  expect(optional.files.map(({ outcome }) => outcome)).toEqual(["failed", "fetched"]);
  expect(optional.warnings).toEqual([expect.stringMatching(/^E_NOT_FOUND .*a\.pt.*not required/)]);

  await using other = await workplace();
  await expect(
    syncLocal(other, {
      "a.pt": entry("aaaa", dead),
      "b.pt": entry("b", server.url("/b.pt")),
      "c.pt": entry("c", server.url("/also-dead.pt")),
    }),
  ).rejects.toMatchObject({
    code: "E_NOT_FOUND",
    message: expect.stringMatching(/^2 of 3 files failed:\n.*\n.*/),
    problems: expect.arrayContaining([
      expect.objectContaining({ name: "a.pt" }),
      expect.objectContaining({ name: "c.pt" }),
    ]),
  });
  expect(await readFile(`${other.app}/b.pt`, "utf8")).toBe("b");
});

test("I2: wrong bytes never stand under a weight file's name", async () => {
  await using place = await workplace();
  await using server = await serveTexts({ "/a.pt": "XX" });
  await expect(
    syncLocal(place, { "a.pt": entry("aa", server.url("/a.pt")) }),
  ).rejects.toMatchObject({ code: "E_DIGEST", message: expect.stringContaining("a.pt") });
  expect(await readdir(place.app)).toEqual(["manifest.json"]);
});

test("a Git-LFS pointer in the folder is replaced and named", async () => {
  await using place = await workplace();
  await using server = await serveTexts({ "/a.pt": "weights" });
  await place.fill({ "a.pt": pointer("weights") }, place.app);
  const result = await syncLocal(place, { "a.pt": entry("weights", server.url("/a.pt")) });
  expect(result.warnings).toEqual([expect.stringMatching(/^a\.pt: a Git-LFS pointer/)]);
  expect(await readFile(`${place.app}/a.pt`, "utf8")).toBe("weights");
});

test("a host that gives a Git-LFS pointer is told apart from a damaged file", async () => {
  await using place = await workplace();
  const real = "w".repeat(5000);
  await using server = await serveTexts({ "/a.pt": pointer(real) });
  const failing = syncLocal(place, { "a.pt": entry(real, server.url("/a.pt")) });
  await expect(failing).rejects.toMatchObject({
    code: "E_LFS_POINTER",
    message: expect.stringContaining("a.pt"),
  });
});

test("a manifest that pins a Git-LFS pointer itself brings none into the folder", async () => {
  await using place = await workplace();
  const text = pointer("weights");
  await using server = await serveTexts({ "/a.pt": text });
  await expect(
    syncLocal(place, { "a.pt": entry(text, server.url("/a.pt")) }),
  ).rejects.toMatchObject({ code: "E_LFS_POINTER" });
  expect(await readdir(place.app)).toEqual(["manifest.json"]);
  expect(await place.cache.find(sha256(Buffer.from(text)))).toBeUndefined();
});

test("a 1.0 manifest: size_mb bounds, the digest decides", async () => {
  await using place = await workplace();
  const big = "w".repeat(300_000);
  await using server = await serveTexts({ "/a.pt": big, "/b.pt": big });
  const old = (url: string, mb: number): Entry => ({
    url,
    size_mb: mb,
    checksum: sha256(Buffer.from(big)),
    algorithm: "sha256",
    required: true,
  });
  const text = JSON.stringify({
    version: "1.0",
    weights: { "a.pt": old(server.url("/a.pt"), 0.29) },
  });
  await place.fill({ "manifest.json": text }, place.app);
  const from = `${place.app}/manifest.json`;
  const result = await syncWeights({ from, cache: place.cache, fetch: fast });
  expect(result.files).toMatchObject([{ outcome: "fetched", size: 300_000 }]);
  expect(await readFile(from, "utf8")).toBe(text);

  await using other = await workplace();
  const wrong = JSON.stringify({ weights: { "b.pt": old(server.url("/b.pt"), 3) } });
  await other.fill({ "manifest.json": wrong }, other.app);
  await expect(
    syncWeights({ from: `${other.app}/manifest.json`, cache: other.cache, fetch: fast }),
  ).rejects.toMatchObject({ code: "E_SIZE" });
});

test("a WEIGHTS_URLS.json is fetched with a warning and pinned as received", async () => {
  await using place = await workplace();
  await using server = await serveTexts({ "/a.pt": "aa", "/b.pt": "bb" });
  const text = JSON.stringify({
    note: "from the wiki",
    weights: {
      "a.pt": { url: server.url("/a.pt"), size_mb: 0, required: true },
      "b.pt": { url: server.url("/b.pt"), size_mb: 0, required: true },
    },
  });
  await place.fill({ "WEIGHTS_URLS.json": text }, place.app);
  const from = `${place.app}/WEIGHTS_URLS.json`;
  await expect(syncWeights({ from, cache: place.cache, frozen: true })).rejects.toMatchObject({
    code: "E_PIN",
  });
  const result = await syncWeights({ from, cache: place.cache, fetch: fast });
  expect(result.warnings[0]).toMatch(/no checksum/);
  const pinned = parseManifest(await readFile(from));
  expect(pinned.manifest).toMatchObject({ version: "2.0", description: "from the wiki" });
  expect(pinned.manifest.weights.get("a.pt")).toMatchObject({
    checksum: sha256(Buffer.from("aa")),
    size: 2,
    url: server.url("/a.pt"),
  });
  server.put("/a.pt", Buffer.from("AA"));
  const again = await syncWeights({ from, cache: place.cache, fetch: fast });
  expect(again.files.map(({ outcome }) => outcome)).toEqual(["unchanged", "unchanged"]);
  expect((await readdir(place.app)).sort()).toEqual(["WEIGHTS_URLS.json", "a.pt", "b.pt"]);
});

test("a folder that was filled by hand is synced with a warning and pinned as received", async () => {
  await using place = await workplace();
  await place.fill({ "models/yolov8m/latest/yolov8m.pt": "weights" }, place.dir.join("store"));
  const result = await syncWeights({
    from: place.store,
    model: "yolov8m",
    dir: place.app,
    cache: place.cache,
  });
  expect(result.warnings[0]).toMatch(/unpinned/);
  expect(await readFile(`${place.app}/yolov8m.pt`, "utf8")).toBe("weights");
  const pin = parseManifest(await readFile(`${place.app}/manifest.json`));
  expect(pin.manifest.weights.get("yolov8m.pt")?.checksum).toBe(sha256(Buffer.from("weights")));
});

test("a manifest from the network cannot name files of this machine", async () => {
  await using place = await workplace();
  await writeFile(place.dir.join("secret"), "aa");
  const text = manifestText({ "a.pt": entry("aa", `file://${place.dir.join("secret")}`) });
  await using server = await serveTexts({ "/manifest.json": text });
  await expect(
    syncWeights({ from: server.url("/manifest.json"), dir: place.app, cache: place.cache }),
  ).rejects.toMatchObject({ code: "E_NOT_FOUND" });
  expect((await readdir(place.dir.path)).includes("app")).toBe(false);
});

test("I5: credentials go to their own origin only, and stand in no message", async () => {
  await using place = await workplace();
  await using own = await faultyServer({ files: {}, faults: { "/a.pt": { status: 403 } } });
  await using foreign = await serveTexts({ "/b.pt": "b" });
  const secret = "Bearer canary-secret";
  const failing = syncLocal(
    place,
    { "a.pt": entry("a", own.url("/a.pt")), "b.pt": entry("b", foreign.url("/b.pt")) },
    { headers: { [own.origin]: { authorization: secret } } },
  );
  const error: unknown = await failing.catch((thrown: unknown) => thrown);
  expect(error).toMatchObject({ code: "E_AUTH" });
  expect(String((error as Error).message)).not.toContain("canary");
  expect(own.requests[0]?.headers["authorization"]).toBe(secret);
  expect(foreign.requests[0]?.headers["authorization"]).toBeUndefined();
});
