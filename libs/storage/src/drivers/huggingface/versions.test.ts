import { randomBytes } from "node:crypto";
import { expect, test } from "@jest/globals";
import { fakeHuggingFace } from "@plimsoll/testing";

import {
  bytesOf,
  hubTrial,
  key,
  keysOf,
  manifestKey,
  put,
  sha256,
  weights,
} from "./testing/hub-trial.ts";

test("a version is one commit of files, one of the manifest, and a tag on that", async () => {
  await using trial = hubTrial(await fakeHuggingFace({ private: true }));
  const driver = await trial.open();
  const prefix = "models/m/v1.0.0/";
  await Promise.all([
    put(driver, key, weights),
    put(driver, `${prefix}deep/labels.json`, Buffer.from("[]")),
  ]);
  expect(trial.titles()).toEqual([]);
  expect(await driver.stat(key)).toMatchObject({ size: 300_000, sha256 });
  expect(trial.titles()).toEqual(["m@v1.0.0: files"]);
  expect(await driver.stat(manifestKey)).toBeUndefined();
  const urls = await driver.release?.locate(prefix, ["weights.onnx", "deep/labels.json"]);
  const [files] = trial.server.repository.history();
  expect(urls?.get("weights.onnx")).toBe(
    `${trial.server.endpoint}/owner/weights/resolve/${files?.id}/weights.onnx`,
  );
  expect(files?.id).toMatch(/^[0-9a-f]{40}$/);
  expect([...(files?.files.keys() ?? [])]).toEqual(
    expect.arrayContaining(["weights.onnx", "deep/labels.json"]),
  );
  await expect(driver.release?.publish(prefix)).rejects.toMatchObject({ code: "E_NOT_FOUND" });
  await put(driver, manifestKey, Buffer.from("{}"));
  await driver.release?.publish(prefix);
  expect(trial.titles()).toEqual(["m@v1.0.0: files", "m@v1.0.0: manifest"]);
  expect(trial.server.repository.tags.get("v1.0.0")).toBe(trial.server.repository.history()[0]);
  const stranger = await trial.open({ HF_TOKEN: trial.server.readerToken });
  expect((await bytesOf(stranger, manifestKey)).toString()).toBe("{}");
  expect(await keysOf(stranger)).toEqual(
    ["deep/labels.json", "manifest.json", "weights.onnx"].map((name) => prefix + name),
  );
});

test("a published version takes no other bytes, no further file, and gives none up", async () => {
  await using trial = hubTrial(await fakeHuggingFace({ private: true }));
  const driver = await trial.open();
  await put(driver, key, weights);
  await put(driver, manifestKey, Buffer.from("{}"));
  for (const at of [key, "models/m/v1.0.0/more.onnx", manifestKey]) {
    await expect(put(driver, at, Buffer.from("x"))).rejects.toMatchObject({ code: "E_EXISTS" });
    const other = await trial.open();
    await expect(put(other, at, weights, false)).rejects.toMatchObject({ code: "E_EXISTS" });
  }
  await expect(driver.remove(key)).rejects.toMatchObject({ code: "E_USAGE" });
  await driver.remove(manifestKey);
  expect([...trial.server.repository.tags.keys()]).toEqual([]);
  await driver.remove(key);
  expect(await driver.stat(key)).toBeUndefined();
  expect(trial.server.repository.history()[0]?.files.has("weights.onnx")).toBe(false);
});

test("S1: of two publishers of other bytes one is first, the other commits nothing", async () => {
  await using trial = hubTrial(await fakeHuggingFace({ private: true }));
  const [one, two] = [await trial.open(), await trial.open()];
  await put(one, key, weights);
  await put(two, key, randomBytes(300_000));
  await put(two, "models/m/v1.0.0/more.bin", Buffer.from("more"));
  await one.stat(key);
  await expect(two.stat(key)).rejects.toMatchObject({ code: "E_EXISTS" });
  expect(trial.titles()).toEqual(["m@v1.0.0: files"]);
  expect(await one.stat(key)).toMatchObject({ sha256 });
  expect(await two.stat("models/m/v1.0.0/more.bin")).toBeUndefined();
});

test("S1: of two publishers of the same bytes both have one commit, and one the tag", async () => {
  await using trial = hubTrial(await fakeHuggingFace({ private: true }));
  const [one, two] = [await trial.open(), await trial.open()];
  await Promise.all([put(one, key, weights), put(two, key, weights)]);
  await Promise.all([one.stat(key), two.stat(key)]);
  expect(trial.titles()).toEqual(["m@v1.0.0: files"]);
  const outcomes = await Promise.allSettled(
    [one, two].map((driver, index) => put(driver, manifestKey, Buffer.from(`${index}`))),
  );
  expect(outcomes.map(({ status }) => status).sort()).toEqual(["fulfilled", "rejected"]);
  const winner = outcomes.findIndex(({ status }) => status === "fulfilled");
  expect((await bytesOf(await trial.open(), manifestKey)).toString()).toBe(`${winner}`);
});

test("a version between two commits of another one has its own files under its tag", async () => {
  await using trial = hubTrial(await fakeHuggingFace({ private: true }));
  const [one, two] = [await trial.open(), await trial.open()];
  await put(one, key, weights);
  await put(one, "models/m/v1.0.0/labels.json", Buffer.from("one"));
  await one.stat(key);
  await put(two, "models/m/v2.0.0/weights.onnx", randomBytes(100_000));
  await put(two, "models/m/v2.0.0/labels.json", Buffer.from("two"));
  await two.stat("models/m/v2.0.0/labels.json");
  expect((await bytesOf(one, "models/m/v1.0.0/labels.json")).toString()).toBe("one");
  await put(one, manifestKey, Buffer.from("{}"));
  const tagged = trial.server.repository.tags.get("v1.0.0")?.files;
  expect(tagged?.get("weights.onnx")?.lfs).toBe(sha256);
  expect(tagged?.get("labels.json")?.bytes.toString()).toBe("one");
});

test("where another model has the tag, a version's tag has the model's name", async () => {
  await using trial = hubTrial(await fakeHuggingFace({ private: true }));
  const driver = await trial.open();
  for (const model of ["a", "b"]) {
    await put(driver, `models/${model}/v1.0.0/x.bin`, Buffer.from(model));
    await put(driver, `models/${model}/v1.0.0/manifest.json`, Buffer.from(`"${model}"`));
  }
  expect([...trial.server.repository.tags.keys()]).toEqual(["v1.0.0", "b@v1.0.0"]);
  const reader = await trial.open();
  for (const model of ["a", "b"]) {
    expect((await bytesOf(reader, `models/${model}/v1.0.0/manifest.json`)).toString()).toBe(
      `"${model}"`,
    );
    expect((await bytesOf(reader, `models/${model}/v1.0.0/x.bin`)).toString()).toBe(model);
  }
});

test("tags that somebody else has taken are named", async () => {
  await using trial = hubTrial(await fakeHuggingFace({ private: true }));
  trial.server.repository.tag("v1.0.0", "main");
  trial.server.repository.tag("m@v1.0.0", "main");
  const driver = await trial.open();
  await put(driver, key, weights);
  await expect(put(driver, manifestKey, Buffer.from("{}"))).rejects.toMatchObject({
    code: "E_EXISTS",
    message: expect.stringContaining("m@v1.0.0"),
  });
});

test("S7: a commit of somebody else between reading and writing is no lost change", async () => {
  await using trial = hubTrial(await fakeHuggingFace({ private: true }));
  const driver = await trial.open();
  const channel = "models/m/channels/latest.json";
  const first = await driver.swap?.(channel, Buffer.from("1"), { expected: null });
  let isFirst = true;
  trial.server.script = ({ method, path }) => {
    if (method !== "POST" || !path.includes("/commit/") || !isFirst) return undefined;
    isFirst = false;
    const content = Buffer.from("else").toString("base64");
    trial.server.repository.commit("main", [
      { key: "header", value: { summary: "somebody" } },
      { key: "file", value: { path: "README.md", content, encoding: "base64" } },
    ]);
    return undefined;
  };
  await driver.swap?.(channel, Buffer.from("2"), { expected: first?.etag ?? "" });
  expect(isFirst).toBe(false);
  expect((await bytesOf(driver, channel)).toString()).toBe("2");
  expect((await bytesOf(driver, "README.md")).toString()).toBe("else");
  await expect(
    driver.swap?.(channel, Buffer.from("3"), { expected: first?.etag ?? "" }),
  ).rejects.toMatchObject({ code: "E_CONFLICT" });
});

test("a file of a version cannot lie among the documents", async () => {
  await using trial = hubTrial(await fakeHuggingFace({ private: true }));
  const driver = await trial.open();
  const at = "models/m/v1.0.0/models/x.bin";
  await expect(put(driver, at, weights)).rejects.toMatchObject({ code: "E_PATH" });
  await expect(driver.swap?.(key, Buffer.from("x"), { expected: null })).rejects.toMatchObject({
    code: "E_USAGE",
  });
});

test("what a person put into the repository stays, and is listed as what it is", async () => {
  await using trial = hubTrial(await fakeHuggingFace({ private: true }));
  const content = Buffer.from("{}").toString("base64");
  trial.server.repository.commit("main", [
    { key: "header", value: { summary: "by hand" } },
    { key: "file", value: { path: "config.json", content, encoding: "base64" } },
  ]);
  const driver = await trial.open();
  await put(driver, key, weights);
  await put(driver, manifestKey, Buffer.from("{}"));
  expect(await keysOf(driver, "shallow")).toEqual(["config.json", "models/"]);
});

test("a read back of many files takes one call of the API for each", async () => {
  await using trial = hubTrial(await fakeHuggingFace({ private: true }));
  const driver = await trial.open();
  const keys = Array.from({ length: 6 }, (_, index) => `models/m/v1.0.0/${index}.bin`);
  for (const at of keys) await put(driver, at, at);
  await driver.stat(keys[0] ?? "");
  const before = trial.server.requests.length;
  for (const at of keys) expect(await driver.stat(at)).toMatchObject({ size: at.length });
  expect(trial.server.requests.length - before).toBe(keys.length);
});
