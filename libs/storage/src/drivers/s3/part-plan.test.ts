import { expect, test } from "@jest/globals";

import { planParts } from "./part-plan.ts";

const MiB = 2 ** 20;
const TiB = 2 ** 40;

test.each([
  [0, 16 * MiB, 1],
  [1, 16 * MiB, 1],
  [16 * MiB, 16 * MiB, 1],
  [16 * MiB + 1, 16 * MiB, 2],
  [9000 * 16 * MiB, 16 * MiB, 9000],
  [9000 * 16 * MiB + 1, 17 * MiB, 8471],
  [5 * TiB, 583 * MiB, 8993],
])("%d bytes go in parts of %d bytes, %d of them", (size, partBytes, parts) => {
  expect(planParts(size, 16 * MiB)).toEqual({ partBytes, parts });
});

test("parts are equal, whole MiB, cover the file, and stay below the hosts' 10,000", () => {
  for (let size = MiB; size < 40 * TiB; size = Math.ceil(size * 1.37)) {
    const { partBytes, parts } = planParts(size, 16 * MiB);
    expect(partBytes % MiB).toBe(0);
    expect(parts).toBeLessThanOrEqual(9000);
    expect(parts * partBytes).toBeGreaterThanOrEqual(size);
    expect((parts - 1) * partBytes).toBeLessThan(size);
  }
});

test("a file that 5 GiB parts cannot hold is refused", () => {
  expect(() => planParts(50 * TiB, 16 * MiB)).toThrow(/E_LIMIT|5 GiB/);
});
