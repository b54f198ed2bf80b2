import { expect, test } from "@jest/globals";
import { readFile } from "node:fs/promises";
import { fakeS3 } from "@plimsoll/testing";
import { publishWeights } from "./publish.ts";
import { openTestStore } from "./testing/open-store.ts";
import { workplace } from "./testing/weights-folder.ts";

test("the files of a publish are copied to latest/ inside the store, and may change there", async () => {
  await using place = await workplace();
  await using server = await fakeS3();
  const env = { S3_ACCESS_KEY: server.accessKey, S3_SECRET_KEY: server.secretKey };
  const publish = (release: string) =>
    publishWeights({
      from: [place.weights],
      to: [`s3://weights/team?endpoint=${server.endpoint}&conditional=1&checksum=crc32`],
      release,
      model: "m",
      mirrorLatest: true,
      cache: false,
      env,
    });
  await place.fill({ "a.npz": "one", "deep/b.npz": "two" });
  await publish("v1.0.0");
  expect(server.object("weights", "team/models/m/latest/deep/b.npz")?.bytes.toString()).toBe("two");
  expect(server.object("weights", "team/models/m/latest/a.npz")?.headers["cache-control"]).toBe(
    "no-cache",
  );
  const copies = () => server.requests.filter(({ operation }) => operation === "CopyObject").length;
  expect(copies()).toBe(2);
  await place.fill({ "a.npz": "uno" });
  await publish("v1.1.0");
  expect(server.object("weights", "team/models/m/latest/a.npz")?.bytes.toString()).toBe("uno");
  expect(server.object("weights", "team/models/m/v1.0.0/a.npz")?.bytes.toString()).toBe("one");
  // b.npz has the bytes already.
  expect(copies()).toBe(3);
});

test("a store that cannot copy is refused before anything is uploaded", async () => {
  await using place = await workplace();
  await place.fill({ "a.npz": "one" });
  const publish = (mirrorLatest: boolean) =>
    publishWeights({
      from: [place.weights],
      to: [place.store],
      release: "v1.0.0",
      model: "m",
      mirrorLatest,
      cache: false,
      openStore: async (url) => {
        const driver = { ...(await openTestStore(url)) };
        Reflect.deleteProperty(driver, "copy");
        return driver;
      },
    });
  await expect(publish(true)).rejects.toMatchObject({
    code: "E_USAGE",
    message: expect.stringMatching(/--mirror-latest/),
  });
  await expect(readFile(place.dir.join("store/models/m/v1.0.0/a.npz"))).rejects.toThrow();
  expect((await publish(false)).stores[0]?.outcome).toBe("published");
});
