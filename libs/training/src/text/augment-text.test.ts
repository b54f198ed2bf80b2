import { expect, test } from "@jest/globals";
import { seededRandom } from "../random.ts";
import { augmentText } from "./augment-text.ts";

const text = "the parcel was late and the courier left it at the wrong door again";

const lettersOf = (word: string): string => [...word].sort().join("");

test("a copy has words of the text only, fewer, in another order, or with two letters swapped", () => {
  const words = new Set(text.split(" ").map(lettersOf));
  const random = seededRandom(1);
  const copies = Array.from({ length: 20 }, () => augmentText(text, random));
  for (const copy of copies) {
    expect(copy.split(" ").every((word) => words.has(lettersOf(word)))).toBe(true);
    expect(copy.split(" ").length).toBeGreaterThan(6);
  }
  expect(new Set(copies).size).toBeGreaterThan(10);
  expect(augmentText(text, seededRandom(2))).toBe(augmentText(text, seededRandom(2)));
});

test("at least one word stays", () => {
  const random = seededRandom(3);
  for (let i = 0; i < 50; i += 1) expect(lettersOf(augmentText("alone", random))).toBe("aelno");
});
