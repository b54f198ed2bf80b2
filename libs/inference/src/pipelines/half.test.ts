import { expect, test } from "@jest/globals";
import { halfToNumber, numberToHalf } from "./half.ts";

test("every binary16 goes there and back", () => {
  for (let half = 0; half <= 0xffff; half += 1) {
    const value = halfToNumber(half);
    if (Number.isNaN(value)) expect(numberToHalf(value)).toBe(0x7e00);
    else if (numberToHalf(value) !== half) throw new Error(`${half} became ${numberToHalf(value)}`);
  }
});

test("what lies between goes to the nearest, ties to even", () => {
  expect(halfToNumber(numberToHalf(1 + 2 ** -11))).toBe(1);
  expect(halfToNumber(numberToHalf(1 + 3 * 2 ** -11))).toBe(1 + 2 ** -9);
  expect(halfToNumber(numberToHalf(0.2))).toBeCloseTo(0.2, 3);
  expect(halfToNumber(numberToHalf(65_519))).toBe(65_504);
  expect(halfToNumber(numberToHalf(65_520))).toBe(Infinity);
  expect(halfToNumber(numberToHalf(2 ** -25))).toBe(0);
});
