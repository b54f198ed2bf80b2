import { expect, test } from "@jest/globals";
import { createHash } from "node:crypto";
import { fakeGithub } from "@plimsoll/testing";

import { githubTrials, keysOf, put, textOf } from "./testing/github-trial.ts";

const githubTrial = githubTrials(fakeGithub);

const prefix = "models/m/v1.0.0/";
const key = `${prefix}w.onnx`;
const isUpload = (request: { readonly host: string }): boolean => request.host === "uploads";
const assetsOf = (release: { readonly assets: ReadonlyMap<number, unknown> } | undefined) => [
  ...((release?.assets.values() ?? []) as Iterable<{ name: string; state: string }>),
];

test("S6: draft, uploads with a length, the question what is there, publish: in this order", async () => {
  await using trial = await githubTrial({ immutableReleases: true });
  const { driver, server } = trial;
  await put(driver, key, "weights", { contentType: "application/octet-stream" });
  await put(driver, `${prefix}a/labels.json`, "[]");
  const stat = await driver.stat(key);
  expect(stat?.sha256).toBe(createHash("sha256").update("weights").digest("hex"));
  await put(driver, `${prefix}manifest.json`, "{}");
  await driver.release?.publish(prefix);
  const id = server.release("v1.0.0")?.id;
  expect(server.calls().map((call) => call.replace("/repos/owner/repo/releases", ""))).toEqual([
    "GET /tags/m@v1.0.0",
    "GET /tags/v1.0.0",
    "GET ",
    "POST ",
    "GET ",
    `POST /${id}/assets`,
    `POST /${id}/assets`,
    `GET /${id}`,
    `POST /${id}/assets`,
    `GET /${id}`,
    `GET /${id}/assets`,
    `PATCH /${id}`,
  ]);
  expect(driver.apiCalls?.()).toBe(server.calls().length);
  const [upload] = server.requests.filter(isUpload);
  expect(upload?.headers).toMatchObject({
    "content-length": "7",
    "content-type": "application/octet-stream",
  });
  expect(upload?.headers["transfer-encoding"]).toBeUndefined();
  expect(upload?.query.get("label")).toBe("w.onnx (m)");
});

test.each([
  ["a 502 after the body", { loseUpload: true }],
  ["a connection that breaks half-way", { cutUploadAfter: 100_000 }],
  ["a 500 whose asset stays", { status: 500 }],
])("S5: %s leaves a broken asset, which is removed before the next try", async (_name, fault) => {
  await using trial = await githubTrial();
  const { driver, server } = trial;
  server.script((request, attempt) => (isUpload(request) && attempt === 1 ? fault : undefined));
  const text = "x".repeat(300_000);
  const stat = await put(driver, key, text);
  expect(stat.size).toBe(300_000);
  expect(await textOf(driver, key)).toBe(text);
  expect(assetsOf(server.release("v1.0.0"))).toMatchObject([{ name: "w.onnx", state: "uploaded" }]);
  expect(server.calls().filter((call) => call.startsWith("DELETE"))).toHaveLength(1);
  expect(trial.waits).toEqual([1000]);
});

test("S5: an upload whose answer was lost is found and not sent again", async () => {
  await using trial = await githubTrial();
  const { driver, server } = trial;
  server.script((request) => (isUpload(request) ? { dropAnswer: true } : undefined));
  await put(driver, key, "weights");
  expect(server.requests.filter(isUpload)).toHaveLength(1);
});

test("S5: uploads that keep failing end with the host's answer, and nothing is seen", async () => {
  await using trial = await githubTrial();
  const { driver, server } = trial;
  server.script((request) => (isUpload(request) ? { loseUpload: true } : undefined));
  await expect(put(driver, key, "weights")).rejects.toMatchObject({ code: "E_NETWORK" });
  expect(server.requests.filter(isUpload)).toHaveLength(5);
  expect(await driver.stat(key)).toBeUndefined();
  expect(await keysOf(driver)).toEqual([]);
});

test("S5: a starter that a crash left on the draft is removed once it is old, a young one is waited for", async () => {
  await using trial = await githubTrial();
  const { driver, server, waits } = trial;
  await server.addRelease("v1.0.0", { "w.onnx": "" }, { draft: true, state: "starter" });
  await put(driver, key, "weights");
  expect(await textOf(driver, key)).toBe("weights");
  expect(waits.length).toBeGreaterThan(5);
  expect(waits.every((ms) => ms === 5000)).toBe(true);
});

test("S9: bytes that GitHub holds otherwise are removed and sent again once, then E_DIGEST", async () => {
  await using trial = await githubTrial();
  const { driver, server } = trial;
  server.script((request, attempt) =>
    isUpload(request) && attempt === 1 ? { damage: 3 } : undefined,
  );
  await put(driver, key, "weights");
  expect(await textOf(driver, key)).toBe("weights");
  server.script((request) => (isUpload(request) ? { damage: 3 } : undefined));
  await expect(put(driver, `${prefix}b.onnx`, "weights")).rejects.toMatchObject({
    code: "E_DIGEST",
    message: expect.stringContaining("b.onnx"),
  });
  expect(assetsOf(server.release("v1.0.0")).map(({ name }) => name)).toEqual(["w.onnx"]);
});

test("the name that GitHub returns counts, and a host without digests is believed by size", async () => {
  await using trial = await githubTrial();
  const { driver, server } = trial;
  server.script((request) =>
    isUpload(request) ? { rename: "w.renamed.onnx", noDigest: true } : undefined,
  );
  await put(driver, key, "weights");
  await expect(put(driver, key, "others")).rejects.toMatchObject({ code: "E_EXISTS" });
  expect(await keysOf(driver, prefix)).toEqual([key]);
  expect((await driver.stat(key))?.sha256).toBeUndefined();
  const urls = await driver.release?.locate(prefix, ["w.onnx"]);
  expect(urls?.get("w.onnx")).toMatch(
    /\/owner\/repo\/releases\/download\/v1\.0\.0\/w\.renamed\.onnx$/,
  );
});

test("a file of 2 GiB is refused before it is read", async () => {
  await using trial = await githubTrial();
  const open = (): never => {
    throw new Error("was read");
  };
  const source = { size: 2 ** 31, label: "large", open };
  await expect(trial.driver.write(key, source)).rejects.toMatchObject({ code: "E_SIZE" });
});

test("the 1001st asset and other refusals come out with GitHub's reason", async () => {
  await using trial = await githubTrial({ caps: { maxAssets: 1 } });
  await put(trial.driver, key, "weights");
  await expect(put(trial.driver, `${prefix}b.onnx`, "b")).rejects.toMatchObject({
    code: "E_USAGE",
    message: expect.stringContaining("limited to 1 assets"),
  });
});

test("without a token nothing is asked and the way out is said", async () => {
  await using trial = await githubTrial();
  const stranger = await trial.open({ token: null });
  await expect(put(stranger, key, "weights")).rejects.toMatchObject({
    code: "E_AUTH",
    message: expect.stringContaining("GITHUB_TOKEN"),
  });
  expect(trial.server.requests).toHaveLength(0);
  for (const token of [trial.server.readerToken, "ghp_unknown_canary"]) {
    const reader = await trial.open({ token });
    const error = await put(reader, key, "weights").catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ code: "E_AUTH" });
    expect(String((error as Error).message)).not.toContain(token);
  }
});
