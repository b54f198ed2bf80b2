import { expect, test } from "@jest/globals";
import { createHash, randomBytes } from "node:crypto";
import { readFile } from "node:fs/promises";
import { parseManifest } from "@plimsoll/manifest";
import { fakeHuggingFace, type FakeHuggingFace } from "@plimsoll/testing";
import { finishRelease } from "./finish-release.ts";
import { listModels } from "./list-models.ts";
import { listVersions } from "./list-versions.ts";
import { publishWeights } from "./publish.ts";
import { syncWeights } from "./sync.ts";
import { openTestStore } from "./testing/open-store.ts";
import { workplace, type Workplace } from "./testing/weights-folder.ts";

const storeAt = (server: FakeHuggingFace): string =>
  `hf://owner/weights?endpoint=${server.endpoint}`;
const files = { "a.pt": randomBytes(300_000), "deep/b.onnx": randomBytes(10), "labels.json": "[]" };

async function publish(
  place: Workplace,
  server: FakeHuggingFace,
  release: string,
  more: {
    readonly hold?: boolean;
    readonly channel?: string;
    readonly to?: readonly string[];
  } = {},
) {
  return await publishWeights({
    from: [place.weights],
    to: [storeAt(server)],
    release,
    model: "m",
    channel: "latest",
    cache: false,
    env: { HF_TOKEN: server.token },
    ...more,
  });
}

async function expectFiles(place: Workplace): Promise<void> {
  for (const [name, bytes] of Object.entries(files)) {
    expect((await readFile(`${place.app}/${name}`)).equals(Buffer.from(bytes))).toBe(true);
  }
}

test("Hugging Face: publish, sync from the private repository, publish again", async () => {
  await using place = await workplace();
  await using server = await fakeHuggingFace({ private: true });
  await place.fill(files);
  const first = await publish(place, server, "v1.0.0");
  expect(first.stores[0]).toMatchObject({ outcome: "published", uploadedBytes: 300_012 });
  const sync = () =>
    syncWeights({
      from: storeAt(server),
      model: "m",
      dir: place.app,
      cache: place.cache,
      env: { HF_TOKEN: server.readerToken },
    });
  expect((await sync()).files.map(({ outcome }) => outcome)).toEqual(
    Object.keys(files).map(() => "fetched"),
  );
  await expectFiles(place);
  const commits = server.repository.history().reverse();
  expect(commits.slice(1, 3).map(({ title }) => title)).toEqual([
    "m@v1.0.0: files",
    "m@v1.0.0: manifest",
  ]);
  const entry = first.manifest.manifest.weights.get("a.pt");
  expect(entry?.url).toBe(`${server.endpoint}/owner/weights/resolve/${commits[1]?.id}/a.pt`);
  const tagged = server.repository.tags.get("v1.0.0");
  expect(tagged).toBe(commits[2]);
  expect(tagged?.files.get("manifest.json")?.bytes.equals(first.manifest.bytes)).toBe(true);
  expect((await publish(place, server, "v1.0.0")).stores[0]?.outcome).toBe("already-published");
  await place.fill({ "a.pt": "second" });
  await expect(publish(place, server, "v1.0.0")).rejects.toMatchObject({ code: "E_EXISTS" });
  await publish(place, server, "v1.1.0");
  expect((await sync()).manifest.manifest.release).toBe("v1.1.0");
  const driver = await openTestStore(storeAt(server), { env: { HF_TOKEN: server.readerToken } });
  expect(await listModels(driver)).toEqual(["m"]);
  expect((await listVersions(driver, "m")).map(({ version, state }) => [version, state])).toEqual([
    ["v1.1.0", "published"],
    ["v1.0.0", "published"],
  ]);
  await driver.close();
}, 180_000);

test("Hugging Face: a held version is unseen until another process finishes it", async () => {
  await using place = await workplace();
  await using server = await fakeHuggingFace();
  await place.fill(files);
  const held = await publish(place, server, "v1.0.0", { hold: true });
  expect(held.stores[0]?.outcome).toBe("held");
  expect([...server.repository.tags.keys()]).toEqual([]);
  const uploads = () => server.requests.filter(({ host }) => host === "lfs").length;
  const before = uploads();
  const finished = await finishRelease({
    to: [storeAt(server)],
    release: "v1.0.0",
    manifestPath: held.manifestPath ?? "",
    channel: "production",
    env: { HF_TOKEN: server.token },
  });
  expect(finished.stores[0]?.outcome).toBe("published");
  expect(uploads()).toBe(before);
  expect([...server.repository.tags.keys()]).toEqual(["v1.0.0"]);
  const synced = await syncWeights({
    from: storeAt(server),
    model: "m",
    channel: "production",
    dir: place.app,
    cache: place.cache,
    env: {},
  });
  expect(synced.manifest.digest).toBe(held.manifest.digest);
  await expectFiles(place);
});

test("Hugging Face: a publish that ends after any request leaves nothing half, and a second one finishes it", async () => {
  await using place = await workplace();
  await place.fill(files);
  const requestsOf = async (server: FakeHuggingFace): Promise<number> => {
    await publish(place, server, "v1.0.0");
    return server.requests.length;
  };
  await using whole = await fakeHuggingFace();
  const count = await requestsOf(whole);
  for (let last = 1; last < count; last += 5) {
    await using server = await fakeHuggingFace();
    // A process that is gone sends nothing more: what comes after `last` reaches nobody.
    const gone = new AbortController();
    server.script = () => {
      if (server.requests.length > last) gone.abort();
      return gone.signal.aborted ? { status: 400 } : undefined;
    };
    const cut = publishWeights({
      from: [place.weights],
      to: [storeAt(server)],
      release: "v1.0.0",
      model: "m",
      channel: "latest",
      cache: false,
      env: { HF_TOKEN: server.token },
      signal: gone.signal,
    });
    await expect(cut).rejects.toBeDefined();
    server.script = undefined;
    const tagged = server.repository.tags.get("v1.0.0");
    for (const [name, bytes] of Object.entries(tagged ? files : {})) {
      expect(tagged?.files.get(name)?.bytes.equals(Buffer.from(bytes))).toBe(true);
    }
    const second = await publish(place, server, "v1.0.0");
    expect(["published", "already-published"]).toContain(second.stores[0]?.outcome);
    expect(server.repository.tags.get("v1.0.0")?.files.has("manifest.json")).toBe(true);
    expect(server.repository.branches.get("main")?.files.has("models/m/channels/latest.json")).toBe(
      true,
    );
  }
}, 180_000);

test("Hugging Face beside a folder: one manifest of identical bytes names both", async () => {
  await using place = await workplace();
  await using server = await fakeHuggingFace();
  await place.fill(files);
  const { manifest, stores } = await publish(place, server, "v1.0.0", {
    to: [storeAt(server), place.store],
  });
  expect(stores.map(({ outcome }) => outcome)).toEqual(["published", "published"]);
  const local = await readFile(new URL(`${place.store}/models/m/v1.0.0/manifest.json`));
  const there = server.repository.tags.get("v1.0.0")?.files.get("manifest.json")?.bytes;
  expect(there?.equals(local)).toBe(true);
  const entry = parseManifest(manifest.bytes).manifest.weights.get("a.pt");
  expect(entry?.url).toMatch(/\/resolve\/[0-9a-f]{40}\/a\.pt$/);
  expect(entry?.mirrors).toHaveLength(1);
});

test("N12: a plain resolve/main address of a private repository is read, the token stays at the hub", async () => {
  await using place = await workplace();
  await using server = await fakeHuggingFace({
    repository: "ResearchForumOnline/Mars_Model",
    private: true,
  });
  const best = randomBytes(200_000);
  const oid = createHash("sha256").update(best).digest("hex");
  server.repository.objects.set(oid, best);
  server.repository.commit("main", [
    { key: "header", value: { summary: "by hand" } },
    { key: "lfsFile", value: { path: "best.pt", oid, size: best.length } },
  ]);
  const url = `${server.endpoint}/ResearchForumOnline/Mars_Model/resolve/main/best.pt`;
  const weights = {
    "best.pt": { url, size_mb: 0.19, checksum: oid, algorithm: "sha256", required: true },
  };
  await place.fill({ "manifest.json": JSON.stringify({ version: "1.0", weights }) });
  const sync = (headers: Readonly<Record<string, Readonly<Record<string, string>>>>) =>
    syncWeights({
      from: `${place.weights}/manifest.json`,
      dir: place.app,
      cache: place.cache,
      headers,
    });
  await expect(sync({})).rejects.toMatchObject({ code: "E_AUTH" });
  await sync({ [server.endpoint]: { authorization: `Bearer ${server.readerToken}` } });
  expect((await readFile(`${place.app}/best.pt`)).equals(best)).toBe(true);
  const cdn = server.requests.filter(({ host }) => host === "cdn");
  expect(cdn.length).toBeGreaterThan(0);
  expect(JSON.stringify(cdn)).not.toContain(server.readerToken);
});
