import { expect, test } from "@jest/globals";
import { fakeGithub } from "@plimsoll/testing";

import { githubTrials, put, textOf } from "./testing/github-trial.ts";

const githubTrial = githubTrials(fakeGithub);

const prefix = "models/m/v1.0.0/";
const key = `${prefix}w.onnx`;
const text = "0123456789".repeat(1000);

async function published(options: Parameters<typeof githubTrial>[0] = {}) {
  const trial = await githubTrial(options);
  await put(trial.driver, key, text);
  await trial.driver.release?.publish(prefix);
  return trial;
}

test("public assets are read without the API and without the token", async () => {
  await using trial = await published();
  const { server } = trial;
  const reader = await trial.open();
  await reader.stat(key);
  const before = server.calls().length;
  expect(await textOf(reader, key)).toBe(text);
  expect(server.calls().length - before).toBe(0);
  const downloads = server.requests.filter(({ host }) => host === "web" || host === "storage");
  expect(downloads.map(({ host }) => host)).toEqual(["web", "storage"]);
  expect(downloads.every(({ headers }) => headers["authorization"] === undefined)).toBe(true);
});

test("N12: a private asset goes through the API, whose redirect is followed without the token", async () => {
  await using trial = await published({ private: true });
  const { server } = trial;
  const reader = await trial.open({ token: server.readerToken });
  expect(await textOf(reader, key)).toBe(text);
  const { body } = await reader.read(key, { start: 5, end: 15 });
  for await (const part of body) expect(Buffer.from(part).toString()).toBe("5678901234");
  const asset = server.requests.filter(({ path }) => path.includes("/releases/assets/"));
  expect(asset).toHaveLength(1);
  expect(asset[0]?.headers["accept"]).toBe("application/octet-stream");
  expect(asset[0]?.headers["authorization"]).toContain(server.readerToken);
  const stored = server.requests.filter(({ host }) => host === "storage");
  expect(stored.map(({ headers }) => headers["range"])).toEqual([undefined, "bytes=5-14"]);
  expect(stored.every(({ headers }) => headers["authorization"] === undefined)).toBe(true);
  const stranger = await trial.open({ token: null });
  expect(await stranger.stat(key)).toBeUndefined();
  await expect(stranger.read(key)).rejects.toMatchObject({ code: "E_NOT_FOUND" });
});

test("an address that has expired is asked for anew", async () => {
  await using trial = await published({ private: true });
  const { server } = trial;
  const reader = await trial.open();
  server.script((request) => {
    const first = server.requests.filter(({ host }) => host === "storage").length === 1;
    return request.host === "storage" && first ? { expired: true } : undefined;
  });
  expect(await textOf(reader, key)).toBe(text);
  expect(server.requests.filter(({ path }) => path.includes("/releases/assets/"))).toHaveLength(2);
});

test("a body that is cut is E_NETWORK, not a short object", async () => {
  await using trial = await published();
  trial.server.script((request) => (request.host === "storage" ? { cutAfter: 100 } : undefined));
  await expect(textOf(await trial.open(), key)).rejects.toMatchObject({ code: "E_NETWORK" });
});

test("files of the branch above 1 MiB come as a blob; those too large for it are E_SIZE", async () => {
  await using trial = await githubTrial();
  const large = "y".repeat(1_500_000);
  await put(trial.driver, "datasets/m/originals/car/1.png", large);
  expect(await textOf(trial.driver, "datasets/m/originals/car/1.png")).toBe(large);
  const source = { size: 26 * 1024 * 1024, label: "x", open: () => [] as never };
  await expect(trial.driver.write("datasets/m/x", source)).rejects.toMatchObject({
    code: "E_SIZE",
  });
});

test("more assets than GitHub puts into a release are listed page by page", async () => {
  await using trial = await githubTrial();
  const names = Array.from({ length: 120 }, (_, index) => [`f${index}.bin`, `${index}`]);
  await trial.server.addRelease("v1.0.0", Object.fromEntries(names) as Record<string, string>);
  expect(await textOf(trial.driver, `${prefix}f119.bin`)).toBe("119");
  const pages = trial.server.requests.filter(({ path }) => path.endsWith("/assets"));
  expect(pages.map(({ query }) => query.get("page"))).toEqual(["1", "2"]);
});
