import { expect, test } from "@jest/globals";
import { readFile, writeFile } from "node:fs/promises";
import { tempDir } from "@plimsoll/testing";
import { type Refusal, RefusedVersions } from "./refused-versions.ts";

const refusal = (version: string): Refusal => ({
  model: "m",
  version,
  code: "E_GOLDEN",
  message: "wrong",
  at: "2026-01-01T00:00:00.000Z",
});

test("refusals outlive the process, and two processes do not forget each other's", async () => {
  await using dir = await tempDir();
  const [one, two] = [new RefusedVersions(dir.path), new RefusedVersions(dir.path)];
  expect(await two.find("a")).toBeUndefined();
  await one.add("a", refusal("v1"));
  await two.add("b", refusal("v2"));
  const later = new RefusedVersions(dir.path);
  expect(await later.find("a")).toEqual(refusal("v1"));
  expect(await later.find("b")).toEqual(refusal("v2"));
  await later.forget("a");
  expect(await new RefusedVersions(dir.path).find("a")).toBeUndefined();
  expect(await new RefusedVersions(dir.path).find("b")).toEqual(refusal("v2"));
});

test("a damaged file, odd entries and a folder that cannot be written are no error", async () => {
  await using dir = await tempDir();
  const path = dir.join("refused-versions.json");
  await writeFile(path, "{ not JSON");
  const refused = new RefusedVersions(dir.path);
  expect(await refused.find("a")).toBeUndefined();
  await refused.add("a", refusal("v1"));
  expect(JSON.parse(await readFile(path, "utf8"))).toEqual({ a: refusal("v1") });
  await writeFile(path, JSON.stringify({ a: { code: 1 }, b: refusal("v2") }));
  const odd = new RefusedVersions(dir.path);
  expect([await odd.find("a"), await odd.find("b")]).toEqual([undefined, refusal("v2")]);
  const nowhere = new RefusedVersions(`${path}/not-a-folder`);
  await nowhere.add("a", refusal("v1"));
  expect(await nowhere.find("a")).toEqual(refusal("v1"));
});

test("only the last two hundred are kept", async () => {
  await using dir = await tempDir();
  const refused = new RefusedVersions(dir.path);
  const adding = Array.from({ length: 210 }, (_, index) =>
    refused.add(`id-${index}`, refusal(`v${index}`)),
  );
  await Promise.all(adding);
  expect(await refused.find("id-0")).toBeUndefined();
  expect(await refused.find("id-209")).toEqual(refusal("v209"));
  const text = await readFile(dir.join("refused-versions.json"), "utf8");
  expect(Object.keys(JSON.parse(text) as object)).toHaveLength(200);
});
