import { expect, test } from "@jest/globals";
import { tempDir } from "@plimsoll/testing";
import { createHash, randomBytes } from "node:crypto";
import { open, type FileHandle } from "node:fs/promises";
import { DiskThread } from "./disk-thread.ts";
import { InlineDigest, type RunningDigest } from "./running-digest.ts";

const bytes = randomBytes(3_000_000);
const sha256 = (from: number, end: number): string =>
  createHash("sha256").update(bytes.subarray(from, end)).digest("hex");

/** Runs a check on both kinds, over a file of its own. */
async function both(
  check: (make: (from?: number) => RunningDigest, file: FileHandle) => Promise<void>,
): Promise<void> {
  await using dir = await tempDir();
  const thread = new DiskThread();
  const file = await open(dir.join("file"), "w+");
  try {
    await check((from) => new InlineDigest(file.fd, from), file);
    await file.truncate(0);
    await check((from) => thread.follow(file.fd, from), file);
  } finally {
    await thread.close();
    await file.close();
  }
}

test("blocks in order are digested, from the start or from an offset", async () => {
  await both(async (make, file) => {
    const whole = make();
    const tail = make(1_000_000);
    for (let at = 0; at < bytes.length; at += 500_000) {
      const block = bytes.subarray(at, at + 500_000);
      whole.offer(block, at);
      tail.offer(block, at);
      await file.write(block, 0, block.length, at);
      whole.advance(at + block.length);
      if (at >= 1_000_000) tail.advance(at + block.length);
    }
    expect(await whole.finish(bytes.length)).toBe(sha256(0, bytes.length));
    expect(await tail.finish(2_000_000 + 1_000_000)).toBe(sha256(1_000_000, bytes.length));
    whole.close();
    tail.close();
  });
});

test("blocks out of order are read back once the gap before them is closed", async () => {
  await both(async (make, file) => {
    const digest = make();
    const half = 1_500_000;
    digest.offer(bytes.subarray(half), half);
    await file.write(bytes, half, half, half);
    digest.advance(0);
    digest.offer(bytes.subarray(0, half), 0);
    await file.write(bytes, 0, half, 0);
    digest.advance(bytes.length);
    expect(await digest.finish(bytes.length)).toBe(sha256(0, bytes.length));
    digest.close();
  });
});

test("after a restart only the new bytes count", async () => {
  await both(async (make, file) => {
    const digest = make();
    await file.write(Buffer.alloc(2_000_000, "old"), 0, 2_000_000, 0);
    digest.advance(2_000_000);
    digest.restart();
    await file.write(bytes, 0, bytes.length, 0);
    digest.advance(bytes.length);
    expect(await digest.finish(bytes.length)).toBe(sha256(0, bytes.length));
    digest.restart();
    expect(await digest.finish(0)).toBe(createHash("sha256").digest("hex"));
    digest.close();
  });
});

test("a file that becomes shorter is an error, not a digest", async () => {
  await both(async (make, file) => {
    const digest = make();
    await file.write(bytes, 0, 10, 0);
    digest.advance(2_000_000);
    await expect(digest.finish(2_000_000)).rejects.toThrow("shorter");
    digest.close();
  });
});
