import { expect, test } from "@jest/globals";
import { BlockPool } from "./block-pool.ts";
import { LaneWriter } from "./lane-writer.ts";

interface Write {
  readonly position: number;
  readonly text: string;
}

/** A lane over blocks of 8 bytes whose writes end when `finish` is called. */
function setUp(keep = 1) {
  const writes: Write[] = [];
  const ends: (() => void)[] = [];
  const lane = new LaneWriter(new BlockPool(8, keep), (block, length, position) => {
    writes.push({ position, text: block.toString("latin1", 0, length) });
    return new Promise((resolve) => ends.push(() => resolve(block)));
  });
  const finish = (): void => ends.splice(0).forEach((end) => end());
  return { lane, writes, finish };
}

test("small pieces become blocks, and a jump in position begins a new one", async () => {
  const { lane, writes, finish } = setUp();
  expect(lane.put(Buffer.from("abc"), 0)).toBeUndefined();
  expect(lane.put(Buffer.from("defghij"), 3)).toBeUndefined();
  const wait = lane.put(Buffer.from("xyz"), 100);
  expect(wait).toBeInstanceOf(Promise);
  finish();
  await wait;
  const flushed = lane.flush();
  finish();
  await flushed;
  expect(writes).toEqual([
    { position: 0, text: "abcdefgh" },
    { position: 8, text: "ij" },
    { position: 100, text: "xyz" },
  ]);
});

test("what was put is copied: the buffer may be used again", async () => {
  const { lane, writes, finish } = setUp();
  const buffer = Buffer.from("abc");
  lane.put(buffer, 0);
  buffer.fill("z");
  const flushed = lane.flush();
  finish();
  await flushed;
  expect(writes[0]?.text).toBe("abc");
});

test("a failed write is told by what comes next", async () => {
  const lane = new LaneWriter(new BlockPool(4, 4), () => Promise.reject(new Error("disk full")));
  lane.put(Buffer.from("abcd"), 0);
  await expect(lane.flush()).rejects.toThrow("disk full");
  await expect(lane.put(Buffer.from("x"), 4)).rejects.toThrow("disk full");
});

test.each([
  ["two writes of a lane are under way", 1, 2],
  ["two dozen, where blocks are to spare", 32, 24],
])("no more than %s", async (_, keep, writes) => {
  let under = 0;
  let most = 0;
  const lane = new LaneWriter(new BlockPool(4, keep), async (block) => {
    most = Math.max(most, ++under);
    await new Promise((resolve) => setTimeout(resolve, 1));
    under--;
    return block;
  });
  for (let at = 0; at < 400; at += 2) await lane.put(Buffer.from("ab"), at);
  await lane.flush();
  expect([most, under]).toEqual([writes, 0]);
});
