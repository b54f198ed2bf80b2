import { deflateRawSync } from "node:zlib";
import { expect, test } from "@jest/globals";
import { inMemory } from "../../bytes/random-access.ts";
import { plainDict } from "../../testing/pickle-bytes.ts";
import { zipFile, type MadeArchive, type MadeEntry } from "../../testing/zip-file.ts";
import { endsAsZip } from "./hidden-zip.ts";
import { entryHolds, openEntry, type ExpandBudget } from "./open-entry.ts";
import { readZip } from "./zip-archive.ts";

const data = Buffer.from("some data ".repeat(20));
const plain: MadeEntry = { data };
const made = (
  entries: readonly (readonly [string, MadeEntry | Uint8Array])[],
  archive?: MadeArchive,
): Promise<readonly string[]> =>
  readZip(inMemory(zipFile(entries, archive))).then((zip) => zip?.problems ?? ["no archive"]);

test.each([
  ["stored", [["a", plain]], {}],
  ["deflated", [["a", { data, deflated: true }]], {}],
  ["64-bit records", [["a", plain]], { zip64: true }],
  ["a comment", [["a", plain]], { comment: Buffer.from("PK is not the end") }],
  [
    "a folder",
    [
      ["a/", { data: new Uint8Array(0) }],
      ["a/b", plain],
    ],
    {},
  ],
  [
    "descriptors",
    [
      ["a", { data, flags: 8, gap: Buffer.alloc(16) }],
      ["b", plain],
    ],
    {},
  ],
  ["nothing", [], {}],
] as [string, [string, MadeEntry][], MadeArchive][])(
  "an archive as honest tools write it has no problem: %s",
  async (_, entries, archive) => {
    expect(await made(entries, archive)).toEqual([]);
  },
);

const front = Buffer.from("#!/bin/sh\n");
test.each([
  [
    "the same name twice",
    "twice",
    [
      ["a.pkl", plain],
      ["a.pkl", plain],
    ],
    {},
  ],
  [
    "names that differ by case",
    "twice",
    [
      ["data.pkl", plain],
      ["DATA.PKL", plain],
    ],
    {},
  ],
  ["a path upwards", "leads outside", [["../a", plain]], {}],
  ["an absolute path", "leads outside", [["/etc/a", plain]], {}],
  ["a path of Windows", "leads outside", [["a\\b", plain]], {}],
  ["a drive", "leads outside", [["C:a", plain]], {}],
  ["a NUL, where Python ends a name", "leads outside", [["a.pkl\0.txt", plain]], {}],
  ["encryption", "is encrypted", [["a", { data, flags: 1 }]], {}],
  ["an encryption flag inside alone", "other flags", [["a", { data, localFlags: 1 }]], {}],
  ["another method", "method 12", [["a", { data, method: 12 }]], {}],
  ["another name inside", "another name", [["a.txt", { data, localName: "a.pkl" }]], {}],
  ["two sizes", "two sizes", [["a", { data, size: 7 }]], {}],
  ["a bomb", "expands from", [["a", { data, deflated: true, size: 2 ** 31 }]], {}],
  [
    "shared data",
    "overlap",
    [
      ["a", plain],
      ["b", { data, headerAt: 0, localName: "a" }],
    ],
    {},
  ],
  [
    "a gap",
    "between its entries",
    [
      ["a", { data, gap: front }],
      ["b", plain],
    ],
    {},
  ],
  ["a gap before the directory", "between its entries", [["a", { data, gap: front }]], {}],
  ["a second name", "second name", [["a", { data, extra: Buffer.from("7570000000", "hex") }]], {}],
  [
    "an entry more than counted",
    "another number",
    [
      ["a", plain],
      ["b", plain],
    ],
    { count: 1 },
  ],
  ["an entry fewer than counted", "another number", [["a", plain]], { count: 2 }],
  [
    "a second end in a comment",
    "behind the end",
    [["a", plain]],
    { comment: Buffer.concat([zipFile([]), front]) },
  ],
] as [string, string, [string, MadeEntry][], MadeArchive][])(
  "O1: %s is a problem",
  async (_, why, entries, archive) => {
    expect((await made(entries, archive)).join()).toContain(why);
  },
);

test("O1: bytes in front, which move every offset, are not followed", async () => {
  const moved = zipFile([["a", plain]], { front });
  expect((await readZip(inMemory(moved)))?.problems).toContain(
    "its directory does not stand before its end",
  );
  expect(await endsAsZip(inMemory(moved))).toBe(true);
});

test("O1: two ends that both reach the end of the file", async () => {
  const inner = zipFile([["b.pkl", plain]]);
  const bytes = zipFile([["a", plain]], { comment: inner });
  const zip = await readZip(inMemory(bytes));
  expect(zip?.problems).toContain("the archive has two ends");
});

test.each([
  ["a header that is not there", zipFile([["a", { data, headerAt: 7 }]])],
  ["data outside of the file", zipFile([["a", { data, compressedSize: 99_999 }]])],
  ["a header outside of the file", zipFile([["a", { data, headerAt: 99_999 }]])],
])("%s cannot be followed", async (_, bytes) => {
  await expect(readZip(inMemory(bytes))).rejects.toMatchObject({ name: "Malformed" });
});

test.each([
  ["a text", Buffer.from("no archive at all, but long enough for an end")],
  ["nothing", new Uint8Array(0)],
])("%s is no archive", async (_, bytes) => {
  expect(await readZip(inMemory(bytes))).toBeUndefined();
  expect(await endsAsZip(inMemory(bytes))).toBe(false);
});

async function open(entry: MadeEntry, budget: ExpandBudget = { bytes: 1 << 30 }) {
  const bytes = inMemory(zipFile([["a", entry]]));
  const [located] = (await readZip(bytes))?.entries ?? [];
  if (located === undefined) throw new Error("no entry");
  return { located, content: openEntry(bytes, located, budget) };
}

test("a deflated entry is expanded as far as it is read", async () => {
  const large = Buffer.alloc(300_000, "abcdefgh");
  const { content, located } = await open({ data: large, deflated: true });
  expect(Buffer.from(await content.read(0, 8)).toString()).toBe("abcdefgh");
  expect(Buffer.from(await content.read(299_992, 8)).toString()).toBe("abcdefgh");
  expect(await entryHolds(content, located)).toBe(true);
});

test.each([
  ["a wrong checksum", { data, crc32: 7 }],
  ["a wrong checksum of a deflated entry", { data, deflated: true, crc32: 7 }],
])("O1: %s does not hold", async (_, entry) => {
  const { content, located } = await open(entry);
  expect(await entryHolds(content, located)).toBe(false);
});

const stream = deflateRawSync(data);
test.each([
  ["more than it says", { data, deflated: true, size: 5 }],
  ["something, and says nothing", { data, deflated: true, size: 0 }],
  ["less than it says", { data, deflated: true, size: 500 }],
  ["no deflate stream", { data, method: 8, size: 7 }],
  ["bytes behind its stream", { data: Buffer.concat([stream, plainDict]), method: 8, size: 200 }],
])("O1: an entry with %s cannot be read", async (_, entry) => {
  const { content, located } = await open(entry as MadeEntry);
  await expect(entryHolds(content, located)).rejects.toMatchObject({ name: "Malformed" });
});

test("O1: a bomb ends at what may be expanded", async () => {
  const zeros = Buffer.alloc(8 << 20);
  const { content } = await open({ data: zeros, deflated: true }, { bytes: 1 << 20 });
  await expect(content.read(0, 8)).rejects.toThrow("more than is looked into");
});
