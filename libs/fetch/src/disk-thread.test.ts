import { expect, test } from "@jest/globals";
import { tempDir } from "@plimsoll/testing";
import { createHash, randomBytes } from "node:crypto";
import { open, readFile, writeFile } from "node:fs/promises";
import { DiskThread } from "./disk-thread.ts";

const blockBytes = 65_536;
const bytes = randomBytes(blockBytes * 8);
const sha256 = createHash("sha256").update(bytes).digest("hex");

const block = (index: number): Buffer => {
  const copy = Buffer.allocUnsafeSlow(blockBytes);
  bytes.copy(copy, 0, index * blockBytes);
  return copy;
};

test.each([
  ["in order", [0, 1, 2, 3, 4, 5, 6, 7]],
  ["of two lanes", [0, 4, 1, 5, 2, 6, 3, 7]],
  ["backwards", [7, 6, 5, 4, 3, 2, 1, 0]],
])("blocks that come %s are written and digested", async (_, order) => {
  await using dir = await tempDir();
  const thread = new DiskThread();
  const file = await open(dir.join("file"), "w+");
  const digest = thread.follow(file.fd);
  for (const index of order) {
    const given = block(index);
    const position = index * blockBytes;
    const free = await thread.write(file.fd, given, blockBytes, position, [digest.id]);
    expect([given.length, free.length]).toEqual([0, blockBytes]);
  }
  expect(await digest.finish(bytes.length)).toBe(sha256);
  digest.close();
  await thread.close();
  await file.close();
  expect((await readFile(dir.join("file"))).equals(bytes)).toBe(true);
});

test("what memory showed is not read again, and a block that is not the next one is", async () => {
  await using dir = await tempDir();
  const thread = new DiskThread();
  const file = await open(dir.join("file"), "w+");
  const digest = thread.follow(file.fd);
  await thread.write(file.fd, block(0), blockBytes, 0, [digest.id]);
  await thread.write(file.fd, block(2), blockBytes, 2 * blockBytes, [digest.id]);
  // Only a reader of the file sees these.
  await file.write(Buffer.alloc(blockBytes), 0, blockBytes, 0);
  await file.write(block(1), 0, blockBytes, blockBytes);
  const three = bytes.subarray(0, 3 * blockBytes);
  const wanted = createHash("sha256").update(three).digest("hex");
  expect(await digest.finish(three.length)).toBe(wanted);
  digest.close();
  await thread.close();
  await file.close();
});

test("who asked for the end is told, also when more is said while the digest catches up", async () => {
  await using dir = await tempDir();
  const long = randomBytes(20_000_000);
  await writeFile(dir.join("file"), long);
  const thread = new DiskThread();
  const file = await open(dir.join("file"), "r");
  const digest = thread.follow(file.fd);
  const finished = digest.finish(long.length);
  digest.advance(long.length);
  const wanted = createHash("sha256").update(long).digest("hex");
  expect(await finished).toBe(wanted);
  expect(await digest.finish(long.length)).toBe(wanted);
  digest.close();
  await thread.close();
  await file.close();
});

test("D1: a failed write is told with the system's code, and the thread goes on", async () => {
  await using dir = await tempDir();
  await writeFile(dir.join("other"), "");
  const thread = new DiskThread();
  const file = await open(dir.join("file"), "w+");
  const other = await open(dir.join("other"), "r");
  const failed = thread.write(other.fd, block(0), blockBytes, 0, []);
  await expect(failed).rejects.toMatchObject({ code: "EBADF", syscall: "write" });
  await thread.write(file.fd, block(0), 3, 0, []);
  await thread.close();
  await other.close();
  await file.close();
  expect(await readFile(dir.join("file"))).toEqual(bytes.subarray(0, 3));
});
