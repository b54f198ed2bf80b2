import { expect, test } from "@jest/globals";
import { mkdir, rm, stat, utimes, writeFile } from "node:fs/promises";
import { sha256 } from "@plimsoll/manifest";
import { type VerifyEvent, verifyWeights } from "./verify.ts";
import { workplace } from "./testing/weights-folder.ts";

const entry = (text: string, rest: object = {}) => ({
  url: "https://h.example/x",
  size_mb: 0,
  checksum: sha256(Buffer.from(text)),
  required: true,
  size: text.length,
  ...rest,
});

test("every file is held against the manifest, and nothing is repaired", async () => {
  await using place = await workplace();
  const weights = {
    "ok.pt": entry("ok"),
    "missing.pt": entry("x"),
    "size.pt": entry("xx"),
    "damaged.pt": entry("xx"),
    "pointer.pt": entry("xx"),
    "folder.pt": entry("xx"),
    "optional.pt": entry("x", { required: false }),
  };
  await place.fill({
    "manifest.json": JSON.stringify({ version: "2.0", weights }),
    "ok.pt": "ok",
    "size.pt": "xxx",
    "damaged.pt": "yy",
    "pointer.pt": `version https://git-lfs.github.com/spec/v1\noid sha256:${"a".repeat(64)}\nsize 2\n`,
  });
  await mkdir(`${place.weights}/folder.pt`);
  const events: VerifyEvent[] = [];
  const result = await verifyWeights({
    manifest: `${place.weights}/manifest.json`,
    cache: place.cache,
    onEvent: (event) => events.push(event),
  });
  expect(Object.fromEntries(result.files.map(({ name, status }) => [name, status]))).toEqual({
    "ok.pt": "ok",
    "missing.pt": "missing",
    "size.pt": "size",
    "damaged.pt": "damaged",
    "pointer.pt": "lfs-pointer",
    "folder.pt": "not-a-file",
    "optional.pt": "missing",
  });
  expect(result.ok).toBe(false);
  for (const { name, status, message } of result.files) {
    if (status === "ok") expect(message).toBeUndefined();
    else expect(message).toMatch(new RegExp(`^${name}: `));
  }
  expect(events.filter(({ type }) => type === "file")).toHaveLength(7);
  expect((await stat(`${place.weights}/size.pt`)).size).toBe(3);
});

test("a proof is enough, unless full", async () => {
  await using place = await workplace();
  const weights = { "a.pt": entry("a"), "b.pt": entry("b", { required: false }) };
  await place.fill({ "manifest.json": JSON.stringify({ version: "2.0", weights }), "a.pt": "a" });
  await utimes(`${place.weights}/a.pt`, 1e9, 1e9);
  const verify = async (full: boolean) =>
    await verifyWeights({ manifest: `${place.weights}/manifest.json`, cache: place.cache, full });
  expect((await verify(false)).files[0]).toMatchObject({ status: "ok", hashed: true });
  expect((await verify(false)).files[0]).toMatchObject({ status: "ok", hashed: false });
  const full = await verify(true);
  expect(full.files[0]).toMatchObject({ status: "ok", hashed: true });
  expect(full.ok).toBe(true);
});

test("full finds what changed without a trace", async () => {
  await using place = await workplace();
  const weights = { "a.pt": entry("a") };
  await place.fill({ "manifest.json": JSON.stringify({ version: "2.0", weights }) });
  const path = `${place.weights}/a.pt`;
  await writeFile(path, "b");
  // Said to be proven, as if the bytes had rotted since.
  await utimes(path, 1e9, 1e9);
  await place.cache.prove(path, sha256(Buffer.from("a")));
  const verify = async (full: boolean) =>
    await verifyWeights({ manifest: `${place.weights}/manifest.json`, cache: place.cache, full });
  expect((await verify(false)).ok).toBe(true);
  expect((await verify(true)).files[0]).toMatchObject({ status: "damaged" });
});

test("without a digest a file can only be there", async () => {
  await using place = await workplace();
  const weights = { "a.pt": { url: "https://h.example/a", size_mb: 0, required: true } };
  await place.fill({ "WEIGHTS_URLS.json": JSON.stringify({ weights }), "a.pt": "a" });
  const manifest = `${place.weights}/WEIGHTS_URLS.json`;
  const there = await verifyWeights({ manifest, cache: place.cache });
  expect(there).toMatchObject({ ok: true, files: [{ status: "unproven" }] });
  await rm(`${place.weights}/a.pt`);
  expect((await verifyWeights({ manifest, cache: place.cache })).ok).toBe(false);
});

test("no manifest is E_NOT_FOUND", async () => {
  await using place = await workplace();
  await expect(
    verifyWeights({ manifest: `${place.weights}/manifest.json`, cache: place.cache }),
  ).rejects.toMatchObject({ code: "E_NOT_FOUND" });
});
