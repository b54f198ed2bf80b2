import { expect, test } from "@jest/globals";
import { randomBytes } from "node:crypto";
import { readFile } from "node:fs/promises";
import { rewriteUrls } from "@plimsoll/manifest";
import { ceph16Powers, fakeS3, type FakeS3, fullPowers, noPowers } from "@plimsoll/testing";
import { publishWeights } from "./publish.ts";
import { readRelease } from "./read-release.ts";
import { syncWeights } from "./sync.ts";
import { workplace, type Workplace } from "./testing/weights-folder.ts";
import { openTestStore } from "./testing/open-store.ts";

const access = (server: FakeS3) => ({
  S3_ACCESS_KEY: server.accessKey,
  S3_SECRET_KEY: server.secretKey,
});
const storeAt = (server: FakeS3): string =>
  `s3://weights/team?endpoint=${server.endpoint}&region=us-east-1`;
/** Not asked what it can: fewer requests to end after. */
const knownStore = (server: FakeS3): string => `${storeAt(server)}&conditional=1&checksum=crc32`;

async function publish(
  place: Workplace,
  server: FakeS3,
  release: string,
  store = storeAt(server),
  folder = place.weights,
) {
  return await publishWeights({
    from: [folder],
    to: [store],
    release,
    model: "m",
    channel: "latest",
    cache: false,
    env: access(server),
  });
}

test.each([
  ["all conditional writes", fullPowers],
  ["Ceph 16", ceph16Powers],
  ["no conditional writes", noPowers],
])(
  "S3 with %s: publish, sync from the private bucket, publish again, sync",
  async (_name, powers) => {
    await using place = await workplace();
    await using server = await fakeS3({ powers });
    const files = { "a.pt": randomBytes(300_000), "deep/x+y@1.onnx": randomBytes(10), "e.npz": "" };
    await place.fill(files);
    const first = await publish(place, server, "v1.0.0");
    expect(first.stores[0]).toMatchObject({ outcome: "published", uploadedBytes: 300_010 });
    expect(server.object("weights", "team/models/m/v1.0.0/a.pt")?.metadata).toMatchObject({
      sha256: first.files[0]?.sha256,
    });
    const sync = async () =>
      await syncWeights({
        from: storeAt(server),
        model: "m",
        dir: place.app,
        cache: place.cache,
        env: access(server),
      });
    const synced = await sync();
    expect(synced.files.map(({ outcome }) => outcome)).toEqual(["fetched", "fetched", "fetched"]);
    for (const [name, bytes] of Object.entries(files)) {
      expect((await readFile(`${place.app}/${name}`)).equals(Buffer.from(bytes))).toBe(true);
    }
    expect((await publish(place, server, "v1.0.0")).stores[0]?.outcome).toBe("already-published");
    await place.fill({ "a.pt": "second" });
    await expect(publish(place, server, "v1.0.0")).rejects.toMatchObject({ code: "E_EXISTS" });
    await publish(place, server, "v1.1.0");
    const again = await sync();
    expect(again.manifest.manifest.release).toBe("v1.1.0");
    expect(again.files.map(({ outcome }) => outcome)).toEqual([
      "fetched",
      "unchanged",
      "unchanged",
    ]);
    const driver = await openTestStore(storeAt(server), { env: access(server) });
    expect((await readRelease(driver, "m")).pointer?.sequence).toBe(2);
    await driver.close();
  },
);

test("s3:// locations in a manifest are read with the credentials of this machine", async () => {
  await using place = await workplace();
  await using server = await fakeS3();
  await place.fill({ "a.pt": "aa", "deep/x+y@1.onnx": "bb" });
  const { manifest } = await publish(place, server, "v1.0.0");
  const bytes = rewriteUrls(manifest, (name) => {
    const key = `team/models/m/v1.0.0/${name.split("/").map(encodeURIComponent).join("/")}`;
    return { url: `s3://weights/${key}?endpoint=${server.endpoint}&region=us-east-1` };
  });
  await place.fill({ "manifest.json": bytes }, place.app);
  const from = `${place.app}/manifest.json`;
  const { files } = await syncWeights({ from, cache: place.cache, env: access(server) });
  expect(files.map(({ outcome }) => outcome)).toEqual(["fetched", "fetched"]);
  expect(await readFile(`${place.app}/deep/x+y@1.onnx`, "utf8")).toBe("bb");
  const stranger = { S3_ACCESS_KEY: "nobody", S3_SECRET_KEY: "wrong" };
  const dir = place.dir.join("other");
  await expect(
    syncWeights({ from, dir, cache: await place.newCache(), env: stranger }),
  ).rejects.toMatchObject({ code: "E_AUTH" });
});

test("the manifest that a publish pins reads the private bucket with credentials, and says 403 without", async () => {
  await using place = await workplace();
  await using server = await fakeS3();
  await place.fill({ "a.pt": "aa", "b.pt": "bb" });
  const { manifest, manifestPath = "" } = await publish(place, server, "v1.0.0");
  const entry = manifest.manifest.weights.get("a.pt");
  expect(entry?.url).toBe(`${server.endpoint}/weights/team/models/m/v1.0.0/a.pt`);
  const mirror = `s3://weights/team/models/m/v1.0.0/a.pt?endpoint=${server.endpoint}&region=us-east-1`;
  expect(entry?.mirrors).toEqual([mirror]);
  const sync = async (env: Record<string, string>, dir: string) =>
    await syncWeights({ from: manifestPath, dir, cache: await place.newCache(), env });
  const { files } = await sync(access(server), place.app);
  expect(files.map(({ outcome }) => outcome)).toEqual(["fetched", "fetched"]);
  await expect(sync({ AWS_EC2_METADATA_DISABLED: "true" }, place.dir.join("x"))).rejects.toThrow(
    "403",
  );
});

test("S9: a wrong secret is E_AUTH, and the secret stands nowhere", async () => {
  await using place = await workplace();
  await using server = await fakeS3();
  await place.fill({ "a.pt": "a" });
  const env = { S3_ACCESS_KEY: server.accessKey, S3_SECRET_KEY: "canary-secret" };
  const error: unknown = await publishWeights({
    from: [place.weights],
    to: [storeAt(server)],
    release: "v1.0.0",
    cache: false,
    env,
  }).catch((thrown: unknown) => thrown);
  expect(error).toMatchObject({ code: "E_AUTH" });
  expect(String((error as Error).message)).not.toContain("canary");
});

test("S3: the client ends after any request: readers see the old or the new version, a second publish finishes", async () => {
  await using place = await workplace();
  await using server = await fakeS3();
  await place.fill({ "a.pt": "a1", "b.pt": "b1" });
  await publish(place, server, "v1.0.0", knownStore(server));
  await place.fill({ "a.pt": "a2" });
  const sync = async (cache = place.cache) =>
    await syncWeights({
      from: knownStore(server),
      model: "m",
      dir: place.app,
      cache,
      env: access(server),
    });
  let release = 1;
  for (let requests = 1; ; requests++) {
    release++;
    const version = `v${release}.0.0`;
    const before = server.requests.length;
    server.dieAfter(requests);
    const killed = await publishWeights({
      from: [place.weights],
      to: [knownStore(server)],
      release: version,
      model: "m",
      channel: "latest",
      cache: false,
      env: access(server),
      signal: AbortSignal.timeout(200),
    }).then(
      () => false,
      () => true,
    );
    server.revive();
    if (!killed) {
      expect(server.requests.length - before).toBeLessThanOrEqual(requests);
      break;
    }
    const seen = (await sync()).manifest.manifest.release;
    expect([`v${release - 1}.0.0`, version]).toContain(seen);
    expect(await readFile(`${place.app}/b.pt`, "utf8")).toBe("b1");
    await publish(place, server, version, knownStore(server));
    expect((await sync()).manifest.manifest.release).toBe(version);
    expect(await readFile(`${place.app}/a.pt`, "utf8")).toBe("a2");
  }
  expect(release).toBeGreaterThan(6);
}, 180_000);

test.each([
  ["all conditional writes", fullPowers],
  ["Ceph 16", ceph16Powers],
])("S1: 16 publishers of other bytes at once on S3 with %s: one wins", async (_name, powers) => {
  await using place = await workplace();
  await using server = await fakeS3({ powers });
  const folders = Array.from({ length: 16 }, (_, index) => place.dir.join(`train-${index}`));
  for (const [index, folder] of folders.entries()) {
    await place.fill({ "a.pt": "same", "b.pt": `b${index}`, "c.pt": `c${index}` }, folder);
  }
  const outcomes = await Promise.allSettled(
    folders.map((folder) => publish(place, server, "v1.0.0", storeAt(server), folder)),
  );
  const winners = outcomes.flatMap(({ status }, index) => (status === "fulfilled" ? [index] : []));
  expect(winners).toHaveLength(1);
  for (const outcome of outcomes) {
    if (outcome.status === "rejected") expect(outcome.reason).toMatchObject({ code: "E_EXISTS" });
  }
  const stored = server.object("weights", "team/models/m/v1.0.0/b.pt")?.bytes.toString();
  expect(stored).toBe(`b${winners[0]}`);
});

test.each([
  ["all conditional writes", fullPowers],
  ["Ceph 16", ceph16Powers],
])(
  "S1: 16 publishers of the same bytes at once on S3 with %s: all succeed",
  async (_name, powers) => {
    await using place = await workplace();
    await using server = await fakeS3({ powers });
    await place.fill({ "a.pt": "a", "b.pt": "b" });
    const results = await Promise.all(
      Array.from({ length: 16 }, () => publish(place, server, "v1.0.0")),
    );
    expect(new Set(results.map(({ manifest }) => manifest.digest)).size).toBe(1);
    const published = results.filter(({ stores }) => stores[0]?.outcome === "published");
    expect(published).toHaveLength(1);
  },
);
