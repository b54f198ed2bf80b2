import { expect, test } from "@jest/globals";
import { fakeGithub } from "@plimsoll/testing";

import { githubTrials, keysOf, put, textOf } from "./testing/github-trial.ts";

const githubTrial = githubTrials(fakeGithub);

const prefix = "models/m/v1.0.0/";
const key = `${prefix}w.onnx`;

test("a draft is seen by its writer and by who goes on with it, published by everybody", async () => {
  await using trial = await githubTrial();
  const { driver, server } = trial;
  await put(driver, key, "weights");
  const reader = await trial.open();
  const finisher = await trial.open({ unpublished: true });
  expect(await driver.stat(key)).toBeDefined();
  expect(await reader.stat(key)).toBeUndefined();
  expect(await keysOf(reader)).toEqual([]);
  expect(await keysOf(finisher)).toEqual([key]);
  expect(await textOf(finisher, key)).toBe("weights");
  await finisher.release?.publish(prefix);
  await finisher.release?.publish(prefix);
  expect(server.release("v1.0.0")?.draft).toBe(false);
  const stranger = await trial.open({ token: null });
  expect(await textOf(stranger, key)).toBe("weights");
  expect(await keysOf(stranger, "models/m/")).toEqual([key]);
});

test("S2: what is published is not overwritten, on an immutable release nothing is added or removed", async () => {
  await using trial = await githubTrial({ immutableReleases: true });
  await put(trial.driver, key, "weights");
  await trial.driver.release?.publish(prefix);
  const next = await trial.open();
  for (const file of [key, `${prefix}new.onnx`]) {
    await expect(put(next, file, "other")).rejects.toMatchObject({ code: "E_EXISTS" });
  }
  await expect(put(next, key, "other", { onlyIfAbsent: false })).rejects.toMatchObject({
    code: "E_EXISTS",
  });
  await expect(next.remove(key)).rejects.toMatchObject({ code: "E_EXISTS" });
  expect(await textOf(next, key)).toBe("weights");
});

test("S1: of publishers at once all write into one draft, and each name has one winner", async () => {
  await using trial = await githubTrial();
  const drivers = await Promise.all(Array.from({ length: 6 }, () => trial.open()));
  const outcomes = await Promise.allSettled(
    drivers.map((driver, index) => put(driver, key, `weights of ${index}`)),
  );
  expect(outcomes.filter(({ status }) => status === "fulfilled")).toHaveLength(1);
  for (const outcome of outcomes) {
    if (outcome.status === "rejected") expect(outcome.reason).toMatchObject({ code: "E_EXISTS" });
  }
  expect(trial.server.repository.releases.size).toBe(1);
});

test("S1: two drafts of one tag: the second to be published gives way if it holds the same, else is E_EXISTS", async () => {
  for (const [text, code] of [
    ["weights", undefined],
    ["others", "E_EXISTS"],
  ] as const) {
    await using trial = await githubTrial();
    const { driver, server } = trial;
    await put(driver, key, "weights");
    await server.addRelease("v1.0.0", { "w.onnx": text });
    const publishing = driver.release?.publish(prefix);
    if (code === undefined) {
      await publishing;
      expect(server.repository.releases.size).toBe(1);
    } else await expect(publishing).rejects.toMatchObject({ code });
    expect(await textOf(await trial.open(), key)).toBe(text);
  }
});

test("a tag that an immutable release has burned is E_EXISTS with the way out", async () => {
  await using trial = await githubTrial({ immutableReleases: true });
  trial.server.repository.burnedTags.add("v1.0.0");
  await put(trial.driver, key, "weights");
  await expect(trial.driver.release?.publish(prefix)).rejects.toMatchObject({
    code: "E_EXISTS",
    message: expect.stringContaining("publish under a new version"),
  });
});

test("tags: short while there is one model, long from the second on, or as the URL says", async () => {
  await using trial = await githubTrial();
  const { driver, server } = trial;
  for (const at of ["m/v1.0.0", "m/v1.1.0", "other/v1.0.0", "m/v1.2.0"]) {
    await put(driver, `models/${at}/w.onnx`, at);
    await driver.release?.publish(`models/${at}/`);
  }
  const tags = [...server.repository.releases.values()].map(({ tag }) => tag);
  expect(tags).toEqual(["v1.0.0", "v1.1.0", "other@v1.0.0", "m@v1.2.0"]);
  const reader = await trial.open();
  expect(await textOf(reader, "models/other/v1.0.0/w.onnx")).toBe("other/v1.0.0");
  expect(await textOf(reader, "models/m/v1.0.0/w.onnx")).toBe("m/v1.0.0");
  expect(await reader.stat("models/other/v1.1.0/w.onnx")).toBeUndefined();
  const shallow: string[] = [];
  for await (const entry of reader.list("models/", { depth: "shallow" })) shallow.push(entry.key);
  expect(shallow.sort()).toEqual(["models/m/", "models/other/"]);

  await using long = await githubTrial({ query: "&tags=model" });
  await put(long.driver, key, "weights");
  expect(long.server.release("m@v1.0.0")).toBeDefined();
  expect(long.driver.locate(key)).toMatch(/\/releases\/download\/m%40v1\.0\.0\/w\.onnx$/);
  await expect(githubTrial({ query: "&tags=long" })).rejects.toMatchObject({ code: "E_USAGE" });
});

test("a release that was filled by hand is any model's, and listed under the repository's name", async () => {
  await using trial = await githubTrial();
  await trial.server.addRelease("v0.9.0", { "best.pt": "by hand" });
  await trial.server.addRelease("nightly", { "best.pt": "no version" });
  expect(await textOf(trial.driver, "models/yolo/v0.9.0/best.pt")).toBe("by hand");
  expect(await keysOf(trial.driver)).toEqual(["models/repo/v0.9.0/best.pt"]);
  expect(await textOf(trial.driver, "releases/nightly/best.pt")).toBe("no version");
  await expect(put(trial.driver, "releases/nightly/x.pt", "x")).rejects.toMatchObject({
    code: "E_USAGE",
  });
});

test("folders are flattened in names and come back as folders; a draft's addresses are the final ones", async () => {
  await using trial = await githubTrial();
  const { driver, server } = trial;
  await put(driver, `${prefix}a/b.bin`, "in a folder");
  await put(driver, `${prefix}a--b.bin`, "with dashes");
  const before = await driver.release?.locate(prefix, ["a/b.bin", "a--b.bin"]);
  await driver.release?.publish(prefix);
  expect([...(before?.values() ?? [])].map((url) => url.replace(/^.*\/download\//, ""))).toEqual([
    "v1.0.0/a--b.bin",
    "v1.0.0/a-%402Db.bin",
  ]);
  for (const [name, text] of [
    ["a/b.bin", "in a folder"],
    ["a--b.bin", "with dashes"],
  ] as const) {
    expect(await textOf(driver, `${prefix}${name}`)).toBe(text);
    expect(await (await fetch(before?.get(name) ?? "")).text()).toBe(text);
  }
  expect([...(server.release("v1.0.0")?.assets.values() ?? [])].map(({ label }) => label)).toEqual([
    "a/b.bin (m)",
    "a--b.bin (m)",
  ]);
  await expect(driver.release?.locate(prefix, ["absent"])).rejects.toMatchObject({
    code: "E_NOT_FOUND",
  });
});

test("what broken uploads left is removed before a draft is published", async () => {
  await using trial = await githubTrial();
  const release = await trial.server.addRelease(
    "v1.0.0",
    { "old.onnx": "", "plimsoll-new-1": "" },
    { draft: true, state: "starter" },
  );
  await put(trial.driver, key, "weights");
  await trial.driver.release?.publish(prefix);
  expect([...release.assets.values()].map(({ name }) => name)).toEqual(["w.onnx"]);
});

test("a repository without a commit is told, before a branch is made in it", async () => {
  await using trial = await githubTrial({ empty: true });
  await expect(
    trial.driver.swap?.("models/m/channels/latest.json", Buffer.from("{}"), { expected: null }),
  ).rejects.toMatchObject({ code: "E_USAGE", message: expect.stringContaining("no commit yet") });
  expect(await keysOf(trial.driver)).toEqual([]);
});
