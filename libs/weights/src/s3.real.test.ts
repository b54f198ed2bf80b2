import { expect, test } from "@jest/globals";
import { randomBytes } from "node:crypto";
import { readFile } from "node:fs/promises";
import { publishWeights } from "./publish.ts";
import { syncWeights } from "./sync.ts";
import { workplace, type Workplace } from "./testing/weights-folder.ts";

/** Set by `npm run test:s3`, which starts a real radosgw. */
const endpoint = process.env["PLIMSOLL_TEST_S3"];
const real = endpoint === undefined ? test.skip : test;

async function newBucket(): Promise<string> {
  const name = `weights-${randomBytes(6).toString("hex")}`;
  const { CreateBucketCommand, S3Client } = await import("@aws-sdk/client-s3");
  const client = new S3Client({
    endpoint: endpoint ?? "",
    region: "us-east-1",
    forcePathStyle: true,
  });
  await client.send(new CreateBucketCommand({ Bucket: name }));
  client.destroy();
  return `s3://${name}/team?endpoint=${endpoint}&region=us-east-1`;
}

const publish = async (place: Workplace, store: string, folder = place.weights) =>
  await publishWeights({
    from: [folder],
    to: [store],
    release: "v1.0.0",
    model: "m",
    channel: "latest",
    cache: false,
  });

real(
  "publish to radosgw and sync from it, one large file and many small ones",
  async () => {
    await using place = await workplace();
    const store = await newBucket();
    const files: Record<string, Buffer> = {
      "large.pt": randomBytes(40_000_000),
      "e.npz": Buffer.of(),
    };
    for (let index = 0; index < 40; index++) files[`part-${index}.npz`] = randomBytes(10_000);
    await place.fill(files);
    expect((await publish(place, store)).stores[0]?.outcome).toBe("published");
    expect((await publish(place, store)).stores[0]?.outcome).toBe("already-published");
    const result = await syncWeights({
      from: store,
      model: "m",
      dir: place.app,
      cache: place.cache,
    });
    expect(new Set(result.files.map(({ outcome }) => outcome))).toEqual(new Set(["fetched"]));
    for (const [name, bytes] of Object.entries(files)) {
      expect((await readFile(`${place.app}/${name}`)).equals(bytes)).toBe(true);
    }
  },
  120_000,
);

real(
  "S1: 16 publishers of other bytes at once: one wins; of the same bytes: all succeed",
  async () => {
    await using place = await workplace();
    const folders = Array.from({ length: 16 }, (_, index) => place.dir.join(`train-${index}`));
    for (const [index, folder] of folders.entries()) {
      await place.fill({ "a.pt": "same", "b.pt": `b${index}`, "c.pt": `c${index}` }, folder);
    }
    const store = await newBucket();
    const outcomes = await Promise.allSettled(
      folders.map((folder) => publish(place, store, folder)),
    );
    const winners = outcomes.flatMap(({ status }, index) =>
      status === "fulfilled" ? [index] : [],
    );
    expect(winners).toHaveLength(1);
    for (const outcome of outcomes) {
      if (outcome.status === "rejected") expect(outcome.reason).toMatchObject({ code: "E_EXISTS" });
    }
    await syncWeights({ from: store, model: "m", dir: place.app, cache: place.cache });
    expect(await readFile(`${place.app}/c.pt`, "utf8")).toBe(`c${winners[0]}`);

    const [folder] = folders;
    const other = await newBucket();
    const results = await Promise.all(folders.map(() => publish(place, other, folder)));
    expect(new Set(results.map(({ manifest }) => manifest.digest)).size).toBe(1);
  },
  120_000,
);
