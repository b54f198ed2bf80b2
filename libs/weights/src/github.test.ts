import { expect, test } from "@jest/globals";
import { randomBytes } from "node:crypto";
import { open, readFile } from "node:fs/promises";
import { fakeGithub, type FakeGithub } from "@plimsoll/testing";
import type { Driver } from "@plimsoll/storage";
import { finishRelease } from "./finish-release.ts";
import { hashFile } from "./hash-file.ts";
import { publishWeights } from "./publish.ts";
import type { PublishOptions } from "./publish-request.ts";
import { readRelease } from "./read-release.ts";
import { releaseAddress } from "./release-address.ts";
import { syncWeights } from "./sync.ts";
import { openTestStore } from "./testing/open-store.ts";
import { workplace, type Workplace } from "./testing/weights-folder.ts";

const patienceMs = 60_000;

const tokenOf = (server: FakeGithub) => ({ GITHUB_TOKEN: server.token });

/** Opens stores whose waits cost no time. */
const opener = (server: FakeGithub, limits?: Driver["limits"]) => async (url: string) => {
  const driver = await openTestStore(url, {
    env: tokenOf(server),
    unpublished: true,
    sleep: () => Promise.resolve(),
  });
  return limits ? { ...driver, limits } : driver;
};

async function publish(
  place: Workplace,
  server: FakeGithub,
  options: Partial<PublishOptions> = {},
) {
  return await publishWeights({
    from: [place.weights],
    to: [server.store],
    release: "v1.0.0",
    model: "m",
    cache: false,
    openStore: opener(server),
    ...options,
  });
}

const sync = async (place: Workplace, server: FakeGithub, dir = place.app) =>
  await syncWeights({
    from: server.store,
    model: "m",
    dir,
    cache: await place.newCache(),
    env: {},
  });

test(
  "GitHub: publish with a channel, sync as a stranger by the manifest's own URLs, publish again",
  async () => {
    await using place = await workplace();
    await using server = await fakeGithub({ immutableReleases: true });
    const files = { "a.pt": randomBytes(300_000), "deep/x+y@1.onnx": randomBytes(10) };
    await place.fill(files);
    const first = await publish(place, server, { channel: "latest", openStore: opener(server) });
    expect(first.stores[0]).toMatchObject({ outcome: "published", uploadedBytes: 300_010 });
    expect(first.stores[0]?.apiCalls).toBe(server.calls().length);
    expect(first.manifest.manifest.weights.get("deep/x+y@1.onnx")?.url).toMatch(
      /\/owner\/repo\/releases\/download\/v1\.0\.0\/deep--x%2By%401\.onnx$/,
    );
    expect(server.release("v1.0.0")).toMatchObject({ draft: false, immutable: true });
    await syncWeights({ from: `${place.weights}/manifest.json`, dir: place.app, env: {} });
    for (const [name, bytes] of Object.entries(files)) {
      expect((await readFile(`${place.app}/${name}`)).equals(bytes)).toBe(true);
    }
    await sync(place, server, place.dir.join("from-store"));
    expect((await publish(place, server)).stores[0]?.outcome).toBe("already-published");
    await place.fill({ "a.pt": "other" });
    await expect(publish(place, server)).rejects.toMatchObject({ code: "E_EXISTS" });
    await publish(place, server, { release: "v1.1.0", channel: "latest" });
    const driver = await openTestStore(server.store, { env: {} });
    expect((await readRelease(driver, "m")).pointer).toMatchObject({
      version: "v1.1.0",
      sequence: 2,
    });
    await driver.close();
  },
  patienceMs,
);

test(
  "GitHub: held is a draft that nobody sees; another process finishes it without the weights",
  async () => {
    await using place = await workplace();
    await using server = await fakeGithub();
    await place.fill({ "a.pt": "a" });
    await publish(place, server, { hold: true });
    expect(server.release("v1.0.0")?.draft).toBe(true);
    await expect(sync(place, server)).rejects.toMatchObject({ code: "E_NOT_FOUND" });
    const finished = await finishRelease({
      manifestPath: `${place.weights}/manifest.json`,
      release: "v1.0.0",
      to: [server.store],
      channel: "production",
      env: tokenOf(server),
    });
    expect(finished.stores[0]?.outcome).toBe("published");
    expect((await sync(place, server)).files).toMatchObject([{ outcome: "fetched" }]);
  },
  patienceMs,
);

test("S3: the client ends after any request to GitHub: readers see the old or the new version, a second publish finishes", async () => {
  await using place = await workplace();
  await place.fill({ "a.pt": "a1", "b.pt": "b1" });
  const count = async (server: FakeGithub): Promise<number> => {
    await publish(place, server, { channel: "latest" });
    return server.requests.length;
  };
  await using whole = await fakeGithub({ immutableReleases: true });
  const requests = await count(whole);
  for (let life = 1; life < requests; life += 1) {
    await using server = await fakeGithub({ immutableReleases: true });
    server.dieAfter(life);
    await publish(place, server, { channel: "latest" }).catch(() => undefined);
    server.revive();
    const driver = await openTestStore(server.store, { env: {} });
    const seen = await readRelease(driver, "m", "v1.0.0").catch((error: unknown) => error);
    await driver.close();
    if (!("manifest" in (seen as object))) expect(seen).toMatchObject({ code: "E_NOT_FOUND" });
    else await sync(place, server, place.dir.join(`seen-${life}`));
    const again = await publish(place, server, { channel: "latest" });
    expect(["published", "already-published"]).toContain(again.stores[0]?.outcome);
    expect(server.repository.releases.size).toBe(1);
    expect(server.release("v1.0.0")?.draft).toBe(false);
    expect(JSON.parse(server.branchFile("models/m/channels/latest.json") ?? "")).toMatchObject({
      version: "v1.0.0",
    });
  }
}, 120_000);

test(
  "S1, S2: publishers at once: of the same bytes all succeed, of other bytes one",
  async () => {
    await using place = await workplace();
    await using server = await fakeGithub();
    await place.fill({ "a.pt": "same" });
    const folder = async (index: number, text: string): Promise<string> => {
      const dir = place.dir.join(`${text}-${index}`);
      await place.fill({ "a.pt": text }, dir);
      return dir;
    };
    const run = async (release: string, texts: readonly string[]) =>
      await Promise.allSettled(
        texts.map(async (text, index) =>
          publish(place, server, { release, from: [await folder(index, text)] }),
        ),
      );
    for (const outcome of await run("v1.0.0", ["same", "same", "same"])) {
      expect(outcome).toMatchObject({ status: "fulfilled" });
    }
    const others = await run("v2.0.0", ["one", "two", "three"]);
    expect(others.filter(({ status }) => status === "fulfilled")).toHaveLength(1);
    for (const outcome of others) {
      if (outcome.status === "rejected") expect(outcome.reason).toMatchObject({ code: "E_EXISTS" });
    }
  },
  patienceMs,
);

test(
  "a private repository: the manifest's github.com URLs are asked for with the token",
  async () => {
    await using place = await workplace();
    await using server = await fakeGithub({ private: true });
    await place.fill({ "a.pt": "secret weights" });
    const { manifest } = await publish(place, server);
    const url = "https://github.com/owner/repo/releases/download/v1.0.0/a.pt";
    const text = Buffer.from(manifest.bytes)
      .toString()
      .replace(/http:\/\/127[^"]*a\.pt/, url);
    await place.fill({ "manifest.json": text }, place.app);
    const asked: string[] = [];
    const request = async (at: string): Promise<never> => {
      asked.push(at);
      const { HttpError } = await import("@plimsoll/storage");
      throw new HttpError("E_NOT_FOUND", `${at}: 404`, { status: 404, retryable: false });
    };
    const read = async (env: Readonly<Record<string, string>>) =>
      await syncWeights({
        from: `${place.app}/manifest.json`,
        cache: await place.newCache(),
        env,
        fetch: { http: { request, close: () => undefined } },
        openStore: async () => await openTestStore(server.store, { env: tokenOf(server) }),
      });
    await expect(read({})).rejects.toMatchObject({ code: "E_NOT_FOUND" });
    await read({ GITHUB_TOKEN: server.token });
    expect(await readFile(`${place.app}/a.pt`, "utf8")).toBe("secret weights");
    expect(new Set(asked)).toEqual(new Set([url]));
    // From the store itself no other address is needed.
    await expect(sync(place, server)).rejects.toMatchObject({ code: "E_NOT_FOUND" });
  },
  patienceMs,
);

test(
  "addresses of releases: only those of github.com are asked for with the token",
  () => {
    expect(releaseAddress("https://github.com/o/r/releases/download/m%40v1.0.0/a--b.pt")).toBe(
      "github://o/r/releases/m%40v1.0.0/a--b.pt",
    );
    for (const url of [
      "https://evil.example/o/r/releases/download/v1/a.pt",
      "https://github.com.evil.example/o/r/releases/download/v1/a.pt",
      "https://github.com/o/r/raw/main/a.pt",
      "https://github.com/o/r/releases/download/%/a.pt",
    ]) {
      expect(releaseAddress(url)).toBeUndefined();
    }
  },
  patienceMs,
);

test(
  "a file larger than GitHub takes is split, comes back whole, and is published once",
  async () => {
    await using place = await workplace();
    await using server = await fakeGithub({ caps: { maxAssetBytes: 100_000 } });
    const bytes = randomBytes(250_001);
    await place.fill({ "deep/large.gguf": bytes, "small.pt": "s" });
    const limits = { maxObjectBytes: 100_000, splitBytes: 100_000, concurrency: 3 };
    const openStore = opener(server, limits);
    const { manifest, files } = await publish(place, server, { openStore });
    const entry = manifest.manifest.weights.get("deep/large.gguf");
    expect(entry?.url).toBeUndefined();
    expect(entry?.parts?.map(({ offset, size }) => [offset, size])).toEqual([
      [0, 100_000],
      [100_000, 100_000],
      [200_000, 50_001],
    ]);
    expect(entry?.checksum).toBe(files[0]?.sha256);
    await sync(place, server);
    expect((await readFile(`${place.app}/deep/large.gguf`)).equals(bytes)).toBe(true);
    const from = `${place.weights}/manifest.json`;
    const dir = place.dir.join("by-url");
    await syncWeights({ from, dir, cache: await place.newCache(), env: {} });
    expect((await readFile(`${dir}/deep/large.gguf`)).equals(bytes)).toBe(true);
    const again = await publish(place, server, { openStore });
    expect(again.stores[0]?.outcome).toBe("already-published");
  },
  patienceMs,
);

test(
  "S10: a file that one store keeps whole and GitHub in parts has a url and parts, and each store serves it",
  async () => {
    await using place = await workplace();
    await using server = await fakeGithub();
    const bytes = randomBytes(25_000);
    await place.fill({ "large.gguf": bytes });
    const limits = { maxObjectBytes: 10_000, splitBytes: 10_000 };
    const openStore = async (url: string): Promise<Driver> =>
      url === server.store ? await opener(server, limits)(url) : await openTestStore(url);
    const { stores, manifest } = await publish(place, server, {
      to: [server.store, place.store],
      openStore,
      hold: true,
    });
    expect(stores.map(({ outcome }) => outcome)).toEqual(["held", "held"]);
    const entry = manifest.manifest.weights.get("large.gguf");
    expect(entry?.url).toBe(`${place.store}/models/m/v1.0.0/large.gguf`);
    expect(entry?.parts).toHaveLength(3);
    const finished = await finishRelease({
      manifestPath: `${place.weights}/manifest.json`,
      release: "v1.0.0",
      to: [server.store, place.store],
      openStore,
    });
    expect(finished.stores.map(({ outcome }) => outcome)).toEqual(["published", "published"]);
  },
  patienceMs,
);

const nightly = process.env["PLIMSOLL_NIGHTLY"] === "1" ? test : test.skip;
nightly(
  "a 5 GiB sparse file is split, published and synced back with equal SHA-256",
  async () => {
    await using place = await workplace();
    await using server = await fakeGithub();
    const path = `${place.weights}/huge.gguf`;
    const file = await open(path, "w");
    await file.truncate(5 * 2 ** 30);
    for (const at of [0, 2_040_109_460, 5 * 2 ** 30 - 5]) await file.write("mark", at);
    await file.close();
    const { manifest, stores } = await publish(place, server);
    expect(manifest.manifest.weights.get("huge.gguf")?.parts).toHaveLength(3);
    await sync(place, server);
    expect(await hashFile(`${place.app}/huge.gguf`)).toBe(await hashFile(path));
    console.log(`5 GiB published with ${stores[0]?.apiCalls} requests to the API`);
  },
  1_800_000,
);
