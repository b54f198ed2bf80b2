import { expect, test } from "@jest/globals";

import { collectBytes } from "./collect-bytes.ts";

test("M15: an endless stream is stopped at the cap, and its source is told", async () => {
  let given = 0;
  let closed = false;
  const endless = async function* (): AsyncGenerator<Uint8Array> {
    try {
      for (;;) {
        given += 65_536;
        yield new Uint8Array(65_536);
      }
    } finally {
      closed = true;
    }
  };
  await expect(
    collectBytes(endless(), { source: "https://h/manifest.json" }),
  ).rejects.toMatchObject({
    code: "E_LIMIT",
    message: expect.stringContaining("https://h/manifest.json"),
  });
  expect(given).toBe(4 * 1024 * 1024 + 65_536);
  expect(closed).toBe(true);
});

test("M15: a byte below, at and above the cap", async () => {
  const pieces = (size: number): Uint8Array[] => [new Uint8Array(10), new Uint8Array(size - 10)];
  const collect = (size: number): Promise<Uint8Array> =>
    collectBytes(pieces(size), { maxBytes: 100 });
  await expect(collect(99)).resolves.toHaveLength(99);
  await expect(collect(100)).resolves.toHaveLength(100);
  await expect(collect(101)).rejects.toMatchObject({ code: "E_LIMIT" });
});
