import { rm } from "node:fs/promises";
import { expect, test } from "@jest/globals";
import { syncWeights } from "./sync.ts";
import { entry, manifestText, serveTexts, syncLocal } from "./testing/local-manifest.ts";
import { workplace } from "./testing/weights-folder.ts";

test("offline: what is here or in the cache is enough, else it fails without asking", async () => {
  await using place = await workplace();
  await using server = await serveTexts({ "/a.pt": "aa", "/b.pt": "bb" });
  const one = { "a.pt": entry("aa", server.url("/a.pt")) };
  await syncLocal(place, one);
  const before = server.requests.length;
  expect((await syncLocal(place, one, { offline: true })).files).toMatchObject([
    { outcome: "unchanged" },
  ]);
  await using other = await workplace();
  const cached = await syncLocal(other, one, { offline: true, cache: place.cache });
  expect(cached.files).toMatchObject([{ outcome: "cached" }]);
  const two = { ...one, "b.pt": entry("bb", server.url("/b.pt")) };
  await expect(syncLocal(place, two, { offline: true })).rejects.toMatchObject({
    code: "E_NETWORK",
    message: expect.stringContaining("b.pt"),
  });
  expect(server.requests.length).toBe(before);
});

test("frozen: where the folder and the cache hold all of it no host is asked", async () => {
  await using place = await workplace();
  await using server = await serveTexts({ "/a.pt": "aa", "/b.pt": "bb" });
  const both = {
    "a.pt": entry("aa", server.url("/a.pt")),
    "b.pt": entry("bb", server.url("/b.pt")),
  };
  await syncLocal(place, both);
  const before = server.requests.length;
  await rm(`${place.app}/b.pt`);
  const { files } = await syncLocal(place, both, { frozen: true });
  expect(files.map(({ outcome }) => outcome).sort()).toEqual(["cached", "unchanged"]);
  expect(server.requests.length).toBe(before);
});

test("offline: the manifest that the last sync left stands in for the store", async () => {
  await using place = await workplace();
  const text = manifestText({ "a.pt": entry("aa", "./a.pt") });
  await using server = await serveTexts({ "/manifest.json": text, "/a.pt": "aa" });
  const options = {
    from: server.url("/manifest.json"),
    dir: place.app,
    cache: place.cache,
    offline: true,
  };
  await expect(syncWeights(options)).rejects.toMatchObject({ code: "E_NETWORK" });
  await syncWeights({ ...options, offline: false });
  const result = await syncWeights(options);
  expect(result.files).toMatchObject([{ outcome: "unchanged" }]);
  expect(result.warnings[0]).toMatch(/^offline: .*stands in/);
});
