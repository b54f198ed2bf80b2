import { expect, test } from "@jest/globals";

import { abortable } from "./abortable.ts";

async function collect<T>(values: AsyncIterable<T>): Promise<T[]> {
  const all: T[] = [];
  for await (const value of values) all.push(value);
  return all;
}

async function* three() {
  yield 1;
  yield 2;
  yield 3;
}

test("values pass, with and without a signal", async () => {
  expect(await collect(abortable(three(), undefined))).toEqual([1, 2, 3]);
  expect(await collect(abortable(three(), new AbortController().signal))).toEqual([1, 2, 3]);
});

test("a source that never goes on is left when the signal fires", async () => {
  const stop = new AbortController();
  const reason = new Error("enough");
  async function* stuck() {
    yield 1;
    stop.abort(reason);
    await new Promise(() => undefined);
  }
  await expect(collect(abortable(stuck(), stop.signal))).rejects.toBe(reason);
});

test("a source is told to stop when its reader does", async () => {
  let stopped = false;
  async function* watched() {
    try {
      yield 1;
      yield 2;
    } finally {
      stopped = true;
    }
  }
  for await (const value of abortable(watched(), new AbortController().signal)) {
    expect(value).toBe(1);
    break;
  }
  await new Promise((resolve) => setImmediate(resolve));
  expect(stopped).toBe(true);
});

test("a signal that has fired lets nothing pass; a source's own error does", async () => {
  await expect(collect(abortable(three(), AbortSignal.abort()))).rejects.toThrow(/abort/i);
  async function* broken(): AsyncGenerator<number> {
    yield 1;
    throw new Error("broken");
  }
  const alive = new AbortController().signal;
  await expect(collect(abortable(broken(), alive))).rejects.toThrow("broken");
});

test("values that have passed are not kept", async () => {
  const kept: WeakRef<object>[] = [];
  async function* blocks() {
    for (let count = 0; count < 200; count += 1) {
      const block = Buffer.allocUnsafeSlow(1024 * 1024);
      kept.push(new WeakRef(block));
      yield block;
    }
  }
  for await (const block of abortable(blocks(), new AbortController().signal)) {
    expect(block.length).toBe(1024 * 1024);
    // Garbage is collected between two turns of the event loop, not within one.
    await new Promise((resolve) => setImmediate(resolve));
  }
  const alive = kept.filter((each) => each.deref() !== undefined).length;
  expect(alive).toBeLessThan(150);
});
