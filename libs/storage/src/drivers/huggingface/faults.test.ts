import { createHash, randomBytes } from "node:crypto";
import { expect, test } from "@jest/globals";
import { fakeHuggingFace } from "@plimsoll/testing";

import { httpClient } from "../../http/create-client.ts";
import { openStore } from "../../open-store.ts";
import { bytesOf, hubTrial, key, manifestKey, put, sha256, weights } from "./testing/hub-trial.ts";

test.each([
  ["no token", { HF_TOKEN: "" }, "set HF_TOKEN"],
  ["a wrong token", { HF_TOKEN: "hf_wrong" }, "settings/tokens"],
  ["a token that may only read", { HF_TOKEN: "hf_readerreaderreader" }, "lacks the right"],
])("%s is E_AUTH with the way out, and no token in the message", async (_name, env, text) => {
  await using trial = hubTrial(await fakeHuggingFace({ private: true }));
  const driver = await trial.open(env);
  const error = await put(driver, key, weights).catch((reason: unknown) => reason as Error);
  expect(error).toMatchObject({ code: "E_AUTH", message: expect.stringContaining(text) });
  expect((error as Error).message).not.toMatch(/hf_/);
});

test("a text that is no token of the hub is refused before it is sent", async () => {
  await using trial = hubTrial(await fakeHuggingFace({ private: true }));
  await expect(trial.open({ HF_TOKEN: "ghp_other" })).rejects.toMatchObject({ code: "E_AUTH" });
  expect(trial.server.requests).toEqual([]);
});

test("HF_ENDPOINT and the older name of the token are honoured; http only to this machine", async () => {
  await using trial = hubTrial(await fakeHuggingFace({ private: true }));
  const env = {
    HF_ENDPOINT: trial.server.endpoint,
    HUGGING_FACE_HUB_TOKEN: trial.server.readerToken,
  };
  const driver = await openStore("hf://owner/weights", { env });
  expect(await driver.stat("models/m/config.json")).toBeUndefined();
  await expect(
    openStore("hf://owner/weights", { env: { HF_ENDPOINT: "http://192.0.2.1" } }),
  ).rejects.toMatchObject({ code: "E_USAGE" });
});

test("a repository that does not exist is named, with where to create it", async () => {
  await using trial = hubTrial(await fakeHuggingFace({ private: true }));
  const driver = await openStore(`hf://owner/other?endpoint=${trial.server.endpoint}`, {
    env: { HF_TOKEN: trial.server.token },
  });
  const missing = { code: "E_NOT_FOUND", message: expect.stringContaining("/new") };
  await expect(driver.stat("a.json")).rejects.toMatchObject(missing);
  await expect(put(driver, key, weights)).rejects.toMatchObject(missing);
});

test.each([
  ["cut half-way", { cutUploadAfter: 100_000 }],
  ["answered with 503", { status: 503 }],
  ["answered with 429 and a time", { status: 429, headers: { "retry-after": "1" } }],
  ["done, its answer lost", { dropAnswer: true }],
])("an upload that is %s is sent again", async (_name, fault) => {
  await using trial = hubTrial(await fakeHuggingFace({ private: true }));
  let faults = 0;
  trial.server.script = ({ host }) => (host === "lfs" && ++faults === 1 ? fault : undefined);
  const driver = await trial.open();
  await put(driver, key, weights);
  expect(faults).toBe(2);
  expect(await driver.stat(key)).toMatchObject({ size: 300_000, sha256 });
});

test("an upload that never comes through is E_NETWORK, and leaves nothing to be seen", async () => {
  await using trial = hubTrial(await fakeHuggingFace({ private: true }));
  trial.server.script = ({ host }) => (host === "lfs" ? { cutUploadAfter: 1000 } : undefined);
  const driver = await trial.open();
  await expect(put(driver, key, weights)).rejects.toMatchObject({ code: "E_NETWORK" });
  expect(await driver.stat(key)).toBeUndefined();
  expect(trial.titles()).toEqual([]);
});

test("a commit whose answer is lost is found to be ours", async () => {
  await using trial = hubTrial(await fakeHuggingFace({ private: true }));
  let commits = 0;
  trial.server.script = ({ path }) =>
    path.includes("/commit/") && ++commits === 1 ? { dropAnswer: true } : undefined;
  const driver = await trial.open();
  await put(driver, key, weights);
  expect(await driver.stat(key)).toMatchObject({ sha256 });
  expect(trial.titles()).toEqual(["m@v1.0.0: files"]);
});

test("a large file goes up in parts, and one that the hub has does not go up again", async () => {
  await using trial = hubTrial(await fakeHuggingFace({ private: true }));
  const driver = await trial.open();
  const large = randomBytes(2_500_000);
  const digest = createHash("sha256").update(large).digest("hex");
  await put(driver, "models/m/v1.0.0/large.bin", large);
  const uploads = () => trial.server.requests.filter(({ host }) => host === "lfs").length;
  expect(uploads()).toBe(4);
  expect(await driver.stat("models/m/v1.0.0/large.bin")).toMatchObject({ sha256: digest });
  await put(driver, "models/m/v1.0.1/large.bin", large);
  expect(uploads()).toBe(4);
});

test("N12: the token goes to the hub, not to the host of the large files", async () => {
  await using trial = hubTrial(await fakeHuggingFace({ private: true }));
  const driver = await trial.open();
  await put(driver, key, weights);
  await put(driver, manifestKey, Buffer.from("{}"));
  expect((await bytesOf(driver, key)).equals(weights)).toBe(true);
  const url = driver.locate(key);
  const authorization = `Bearer ${trial.server.readerToken}`;
  const client = httpClient({ credentials: { [trial.server.endpoint]: { authorization } } });
  const reply = await client.request(url, { start: 10, end: 20 });
  const parts: Buffer[] = [];
  for await (const part of reply.body) parts.push(part);
  expect(Buffer.concat(parts).equals(weights.subarray(10, 20))).toBe(true);
  expect(new URL(reply.finalUrl).origin).toBe(trial.server.cdn);
  client.close();
  const seen = (host: string) => trial.server.requests.filter((request) => request.host === host);
  expect(seen("cdn").length).toBe(2);
  for (const { headers } of [...seen("cdn"), ...seen("lfs")]) {
    expect(JSON.stringify(headers)).not.toContain("hf_");
  }
  expect(seen("hub").every(({ headers }) => headers["authorization"] !== undefined)).toBe(true);
});

test("a download that is cut is E_NETWORK, not a short file", async () => {
  await using trial = hubTrial(await fakeHuggingFace({ private: true }));
  const driver = await trial.open();
  await put(driver, key, weights);
  trial.server.script = ({ host }) => (host === "cdn" ? { cutAfter: 1000 } : undefined);
  await expect(bytesOf(driver, key)).rejects.toMatchObject({ code: "E_NETWORK" });
});
